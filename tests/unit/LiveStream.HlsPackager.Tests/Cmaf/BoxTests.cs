using LiveStream.HlsPackager.Cmaf;

namespace LiveStream.HlsPackager.Tests.Cmaf;

public sealed class BoxTests
{
    [Fact]
    public void ForVideo_ReadBack_HasSizeTimescaleAndParameterSets()
    {
        var boxes = Box.Read(InitSegment.ForVideo(Virtual.Large));
        Assert.Equal(["ftyp", "moov"], boxes.Select(box => box.Type));
        var moov = boxes[1];
        Assert.Equal(90_000u, moov["trak/mdia/mdhd"].U32(12));
        Assert.Equal(1280u << 16, moov["trak/tkhd"].U32(76));
        Assert.Equal(720u << 16, moov["trak/tkhd"].U32(80));
        Assert.Equal(1u, moov["mvex/trex"].U32(4));

        var stsd = moov["trak/mdia/minf/stbl/stsd"];
        Assert.Equal(1u, stsd.U32(4));
        var entry = Assert.Single(Box.Read(stsd.Content[8..]));
        Assert.Equal(("avc1", 1280, 720), (entry.Type, entry.U16(24), entry.U16(26)));
        var avcC = Assert.Single(Box.Read(entry.Content[78..]));
        Assert.Equal("avcC", avcC.Type);
        byte[] expected = [1, 0x42, 0xE0, 0x1F, 0xFF, 0xE1, 0, 6, .. Virtual.Large.Sps.Span, 1, 0, 4, .. Virtual.Large.Pps.Span];
        Assert.Equal(expected, avcC.Content);
    }

    [Fact]
    public void ForAudio_ReadBack_HasTheAudioSpecificConfig()
    {
        var moov = Box.Read(InitSegment.ForAudio(Virtual.Stereo))[1];
        var entry = Assert.Single(Box.Read(moov["trak/mdia/minf/stbl/stsd"].Content[8..]));
        Assert.Equal(("mp4a", 2, 48_000u << 16), (entry.Type, entry.U16(16), entry.U32(24)));
        var esds = Assert.Single(Box.Read(entry.Content[28..]));
        byte[] expected =
        [
            0, 0, 0, 0,
            3, 25, 0, 0, 0,
            4, 17, 0x40, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            5, 2, 0x11, 0x90,
            6, 1, 2,
        ];
        Assert.Equal(expected, esds.Content);
    }

    [Fact]
    public void Write_ReadBack_FindsEverySampleAtItsOffset()
    {
        var random = new Random(7);
        var writer = new MediaChunk();
        for (var round = 0; round < 200; round++)
        {
            var frames = new List<CodedFrame>();
            var time = random.NextInt64(1L << 40);
            for (var i = random.Next(1, 20); i > 0; i--)
            {
                var data = new byte[random.Next(0, 200)];
                random.NextBytes(data);
                frames.Add(new CodedFrame(time, (uint)random.Next(1, 9000), random.Next(2) == 0, data));
                time += frames[^1].Duration;
            }

            var captured = DateTimeOffset.UnixEpoch.AddMilliseconds(random.NextInt64(2_000_000_000_000));
            Check(writer.Write(frames, (uint)round + 1, captured, startsSegment: round % 2 == 0), frames, (uint)round + 1, captured, round % 2 == 0);
        }
    }

    private static void Check(byte[] chunk, List<CodedFrame> frames, uint sequence, DateTimeOffset captured, bool startsSegment)
    {
        var boxes = Box.Read(chunk);
        string[] types = startsSegment ? ["styp", "prft", "moof", "mdat"] : ["prft", "moof", "mdat"];
        Assert.Equal(types, boxes.Select(box => box.Type));
        var prft = boxes[^3];
        var seconds = (double)prft.U64(8) / (1L << 32) - 2_208_988_800;
        Assert.Equal(captured.ToUnixTimeMilliseconds() / 1000.0, seconds, 3);
        Assert.Equal((ulong)frames[0].Time, prft.U64(16));

        var moof = boxes[^2];
        Assert.Equal(sequence, moof["mfhd"].U32(4));
        Assert.Equal((1, (ulong)frames[0].Time), (moof["traf/tfdt"].Version, moof["traf/tfdt"].U64(4)));
        var (tfhd, trun) = (moof["traf/tfhd"], moof["traf/trun"]);
        Assert.Equal(0x020000, tfhd.Flags & 0x020000);
        Assert.Equal(frames.Count, (int)trun.U32(4));

        var moofStart = 0;
        foreach (var box in boxes.SkipLast(2)) moofStart += box.Content.Length + 8;
        var position = moofStart + (int)trun.U32(8);
        var field = 12;
        foreach (var frame in frames)
        {
            var perSample = (trun.Flags & 0x100) != 0;
            var duration = perSample ? trun.U32(field) : tfhd.U32(8);
            if (perSample) field += 4;
            var size = (int)trun.U32(field);
            var flags = perSample ? trun.U32(field += 4) : tfhd.U32(12);
            field += 4;
            Assert.Equal(frame.Duration, duration);
            Assert.Equal(frame.IsSync, (flags & 0x10000) == 0);
            Assert.Equal(frame.Data.ToArray(), chunk[position..(position + size)]);
            position += size;
        }

        Assert.Equal(chunk.Length, position);
        Assert.Equal(trun.Content.Length, field);
    }
}
