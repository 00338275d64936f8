using LiveStream.Media.H264;

namespace LiveStream.Media.Tests.H264;

public sealed class ByteStreamTests
{
    [Fact]
    public void AnnexB_ThreeAndFourByteStartCodes_SplitTheSame()
    {
        byte[] stream = [9, 9, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 2, 0, 0, 0, 0, 1, 0, 0, 1, 0x65, 3];
        var units = new List<string>();
        var reader = new AnnexBReader(stream);
        while (reader.TryRead(out var nal)) units.Add(Convert.ToHexString(nal));

        Assert.Equal(["6701", "6802", "6503"], units);
    }

    [Fact]
    public void AnnexB_WrittenUnits_ReadBack()
    {
        var stream = new byte[Clip.Bytes.Length + 200];
        var length = 0;
        foreach (var nal in Clip.Units()) length += AnnexBWriter.Write(stream.AsSpan(length), nal);

        var reader = new AnnexBReader(stream.AsSpan(0, length));
        foreach (var nal in Clip.Units())
        {
            Assert.True(reader.TryRead(out var read));
            Assert.Equal(nal, read.ToArray());
        }

        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void Avcc_WrittenUnits_ReadBackAndCutOnesAreTruncated()
    {
        var sample = new byte[20];
        var length = AvccWriter.Write(sample, [0x65, 1, 2]);
        length += AvccWriter.Write(sample.AsSpan(length), [0x41, 3]);
        Assert.Equal(13, length);
        Assert.Equal(0, AvccWriter.Write(sample.AsSpan(0, 6), [0x65, 1, 2]));

        for (var cut = 0; cut <= length; cut++)
        {
            var reader = new AvccReader(sample.AsSpan(0, cut));
            var count = 0;
            while (reader.TryRead(out _)) count++;
            Assert.Equal(cut is 0 or 7 or 13, !reader.Truncated);
            Assert.Equal(cut == 13 ? 2 : cut >= 7 ? 1 : 0, count);
        }
    }

    [Theory]
    [InlineData("", RtpPayloadError.Empty)]
    [InlineData("E501", RtpPayloadError.Unsupported)] // forbidden bit
    [InlineData("18", RtpPayloadError.Truncated)] // STAP-A without units
    [InlineData("180000", RtpPayloadError.Truncated)] // STAP-A with an empty unit
    [InlineData("18000367", RtpPayloadError.Truncated)]
    [InlineData("1800021800", RtpPayloadError.Unsupported)] // STAP-A in STAP-A
    [InlineData("7C85", RtpPayloadError.Truncated)] // FU-A without bytes
    [InlineData("7CC500", RtpPayloadError.BadFragment)] // start and end
    [InlineData("7C9C00", RtpPayloadError.BadFragment)] // FU-A of a FU-A
    [InlineData("1900", RtpPayloadError.Unsupported)] // STAP-B
    [InlineData("7D850000", RtpPayloadError.Unsupported)] // FU-B
    [InlineData("00", RtpPayloadError.Unsupported)]
    [InlineData("6501", RtpPayloadError.None)]
    [InlineData("180002670100026802", RtpPayloadError.None)]
    [InlineData("7C8500", RtpPayloadError.None)]
    public void RtpPayload_EachStructure_IsCheckedWhole(string hex, RtpPayloadError expected) =>
        Assert.Equal(expected, RtpPayload.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void Packetizer_AnyUnitAndSize_ReassemblesEqual()
    {
        var random = new Random(5);
        var buffer = new byte[1500];
        for (var i = 0; i < 3000; i++)
        {
            var nal = new byte[random.Next(1, 4000)];
            random.NextBytes(nal);
            nal[0] = 0x65;
            var rebuilt = new List<byte>();
            var packetizer = new RtpPacketizer(nal, random.Next(3, 1400));
            int size;
            while ((size = packetizer.WriteNext(buffer)) > 0)
            {
                Assert.Equal(RtpPayloadError.None, RtpPayload.TryParse(buffer.AsSpan(0, size), out var view));
                if (view.Structure == RtpPayloadStructure.SingleNalUnit)
                {
                    rebuilt.AddRange(view.NalUnit);
                    continue;
                }

                if (view.IsFragmentStart) rebuilt.Add(view.FragmentedHeader);
                rebuilt.AddRange(view.Fragment);
            }

            Assert.Equal(nal, rebuilt);
        }
    }
}
