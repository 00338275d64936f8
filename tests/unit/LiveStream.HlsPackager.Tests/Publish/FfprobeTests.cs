using System.Diagnostics;
using System.Text;
using LiveStream.HlsPackager.Ingest;
using LiveStream.HlsPackager.Tests.Cmaf;
using LiveStream.Media;

namespace LiveStream.HlsPackager.Tests.Publish;

/// <summary>Media from x264 and FFmpeg's AAC encoder through the whole packager, read back by FFmpeg over HTTP.</summary>
public sealed class FfprobeTests
{
    [Fact]
    public async Task Run_RealVideoAndSound_AreReadWithoutAWarning()
    {
        await using var origin = await OriginFixture.StartAsync();
        var source = await origin.GoLiveAsync(LiveStream.Contracts.Packager.V1.PlaylistType.Event);
        var pictures = await PicturesAsync();
        var sound = await SoundAsync();
        source.Send(new LayersChanged("track", [""]));
        foreach (var sample in pictures.Cast<MediaSample>().Concat(sound).OrderBy(TimeOf)) source.Send(sample);
        await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/master.m3u8");
        await origin.Control.StopStreamAsync(new LiveStream.Contracts.Packager.V1.StopStreamRequest { StreamId = "one" }, default);

        var master = new Uri(origin.Client.BaseAddress!, $"/hls/{OriginFixture.Path}/master.m3u8").ToString();
        var (frames, frameErrors) = await RunAsync("ffprobe", $"-v warning -count_frames -show_entries stream=codec_name,width,height,nb_read_frames,start_time -of compact {master}");
        Assert.Equal("", Encoding.UTF8.GetString(frameErrors));
        var text = Encoding.UTF8.GetString(frames);
        Assert.Contains("codec_name=h264|width=640|height=360", text, StringComparison.Ordinal);
        Assert.Contains($"nb_read_frames={pictures.Count}", text, StringComparison.Ordinal);
        Assert.Contains("codec_name=aac", text, StringComparison.Ordinal);

        // Decoding everything finds damage that reading headers does not.
        var (_, decodeErrors) = await RunAsync("ffmpeg", $"-v warning -xerror -i {master} -f null -");
        Assert.Equal("", Encoding.UTF8.GetString(decodeErrors));

        // A single segment with its header is a file of its own.
        foreach (var rendition in (string[])["stream_0", "audio"])
        {
            byte[] file = [
                .. await origin.Client.GetByteArrayAsync($"/hls/{OriginFixture.Path}/{rendition}/init_0.mp4"),
                .. await origin.Client.GetByteArrayAsync($"/hls/{OriginFixture.Path}/{rendition}/segment_1.m4s")];
            var (_, errors) = await RunAsync("ffprobe", "-v warning -show_packets -i pipe:0", file);
            Assert.Equal("", Encoding.UTF8.GetString(errors));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task SilentAac_Decoded_IsSilence(int channels)
    {
        var frame = HlsPackager.Cmaf.SilentAac.Frame(channels);
        var adts = new List<byte>();
        for (var i = 0; i < 10; i++) adts.AddRange([0xFF, 0xF1, 0x4C, (byte)(channels << 6), (byte)((frame.Length + 7) >> 3), (byte)((frame.Length + 7) << 5 | 0x1F), 0xFC, .. frame]);
        var (samples, errors) = await RunAsync("ffmpeg", "-v warning -f aac -i pipe:0 -f s16le pipe:1", [.. adts]);
        Assert.Equal("", Encoding.UTF8.GetString(errors));
        Assert.Equal(10 * 1024 * 2 * channels, samples.Length);
        Assert.All(samples, value => Assert.Equal(0, value));
    }

    private static double TimeOf(MediaSample sample) => sample switch
    {
        VideoSample video => video.Unit.Time / 90_000.0,
        AudioSample audio => audio.Frame.Time / 48_000.0,
        _ => 0,
    };

    private static async Task<List<VideoSample>> PicturesAsync()
    {
        var (stream, _) = await RunAsync("ffmpeg",
            "-v error -f lavfi -i testsrc2=size=640x360:rate=30 -t 7 -pix_fmt yuv420p -c:v libx264 -preset ultrafast -profile:v baseline -tune zerolatency -x264-params sliced-threads=0:slices=1:keyint=60:min-keyint=60:scenecut=0 -f h264 pipe:1");
        var result = new List<VideoSample>();
        byte[] sps = [], pps = [];
        VideoParameters? parameters = null;
        foreach (var unit in Units(stream))
        {
            var type = unit[0] & 0x1F;
            if (type == 7) sps = unit;
            if (type == 8) pps = unit;
            if (type is not (1 or 5)) continue;
            if (type == 5) parameters = new VideoParameters(640, 360, $"avc1.{Convert.ToHexString(sps, 1, 3)}", sps, pps);
            byte[] data = [(byte)(unit.Length >> 24), (byte)(unit.Length >> 16), (byte)(unit.Length >> 8), (byte)unit.Length, .. unit];
            result.Add(new VideoSample("track", "", new VideoAccessUnit(result.Count * 3000, type == 5, parameters!, data)));
        }

        Assert.Equal(210, result.Count);
        return result;
    }

    private static IEnumerable<byte[]> Units(byte[] stream)
    {
        // Start codes have three or four bytes; zeros before one are no part of a unit.
        var starts = new List<int>();
        for (var i = 0; i + 3 <= stream.Length; i++)
        {
            if (stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1) starts.Add(i + 3);
        }

        for (var i = 0; i < starts.Count; i++)
        {
            var end = i + 1 < starts.Count ? starts[i + 1] - 3 : stream.Length;
            yield return stream.AsSpan(starts[i]..end).TrimEnd((byte)0).ToArray();
        }
    }

    private static async Task<List<AudioSample>> SoundAsync()
    {
        var (adts, _) = await RunAsync("ffmpeg", "-v error -f lavfi -i sine=frequency=440:sample_rate=48000 -t 7 -ac 2 -c:a aac -b:a 128k -f adts pipe:1");
        var result = new List<AudioSample>();
        for (var offset = 0; offset + 7 <= adts.Length;)
        {
            var length = (adts[offset + 3] & 3) << 11 | adts[offset + 4] << 3 | adts[offset + 5] >> 5;
            result.Add(new AudioSample(Virtual.Stereo, new AacFrame(result.Count * 1024, 1024, adts.AsMemory((offset + 7)..(offset + length)))));
            offset += length;
        }

        return result;
    }

    private static async Task<(byte[] Output, byte[] Errors)> RunAsync(string program, string arguments, byte[]? input = null)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var (output, errors) = (new MemoryStream(), new MemoryStream());
        var reading = Task.WhenAll(process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token), process.StandardError.BaseStream.CopyToAsync(errors, limit.Token));
        if (input is not null) await process.StandardInput.BaseStream.WriteAsync(input, limit.Token);
        process.StandardInput.Close();
        await reading;
        await process.WaitForExitAsync(limit.Token);
        return (output.ToArray(), errors.ToArray());
    }
}
