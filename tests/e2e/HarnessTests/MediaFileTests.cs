using LiveStream.E2E.Tests.Harness;

namespace LiveStream.E2E.Tests.HarnessTests;

/// <summary>The measuring instruments themselves, on material of which the answer is known.</summary>
public sealed class MediaFileTests : IDisposable
{
    private static readonly TimeSpan ToolTime = TimeSpan.FromMinutes(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("livestream-media-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(0.08)]
    public async Task Offsets_BeepLaterThanFlash_TellsByHowMuch(double delay)
    {
        var (video, audio) = (Path.Combine(_folder, "video.mp4"), Path.Combine(_folder, "audio.mp4"));
        await MakeAsync("-f", "lavfi", "-i", "color=gray:s=320x180:r=30:d=6,drawbox=color=white:t=fill:enable='lt(mod(t,1),0.1)*gte(t,1)'",
            "-c:v", "libx264", "-bf", "0", video);
        await MakeAsync("-f", "lavfi", "-i", FormattableString.Invariant($"aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t-{delay},1),0.1)*gte(t,0.9)':s=48000:d=6"),
            "-c:a", "aac", audio);

        var offsets = MediaFile.Offsets(await MediaFile.FlashesAsync(video), await MediaFile.BeepsAsync(audio));

        Assert.Equal(5, offsets.Count);
        Assert.InRange(Figures.Percentile(offsets, 50), delay * 1000 - 15, delay * 1000 + 15);
    }

    [Fact]
    public async Task Complaints_WholeFile_IsEmpty_AndOfACutFile_IsNot()
    {
        var file = Path.Combine(_folder, "good.mp4");
        await MakeAsync("-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=2", "-c:v", "libx264", "-movflags", "cmaf+frag_keyframe", file);
        Assert.Equal("", await MediaFile.ComplaintsAsync(file));

        var cut = Path.Combine(_folder, "cut.mp4");
        await File.WriteAllBytesAsync(cut, (await File.ReadAllBytesAsync(file))[..^3000]);
        Assert.NotEqual("", await MediaFile.ComplaintsAsync(cut));
    }

    [Fact]
    public async Task Parse_PlaylistsOfAnotherPackager_FindsEverySegment()
    {
        await MakeAsync("-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=6", "-f", "lavfi", "-i", "sine=d=6", "-map", "0:v", "-map", "1:a",
            "-c:v", "libx264", "-g", "60", "-c:a", "aac", "-f", "hls", "-hls_time", "2", "-hls_playlist_type", "event", "-hls_segment_type", "fmp4",
            "-master_pl_name", "master.m3u8", Path.Combine(_folder, "stream.m3u8"));
        var address = new Uri("http://localhost/hls/master.m3u8");

        var master = HlsMultivariant.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "master.m3u8")), address);
        var playlist = HlsPlaylist.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "stream.m3u8")), master.Variants[0].Address);

        Assert.Equal("http://localhost/hls/stream.m3u8", Assert.Single(master.Variants).Address.ToString());
        Assert.Equal((320, 180), master.Variants[0].Resolution);
        Assert.Equal(3, playlist.Segments.Count);
        Assert.All(playlist.Segments, s => Assert.Equal("http://localhost/hls/init.mp4", s.Map.ToString()));
        Assert.Equal(6, playlist.Segments.Sum(s => s.Duration), 1);
        Assert.True(playlist.Ended);
    }

    [Theory]
    [InlineData("""BANDWIDTH=1,CODECS="a,b",RESOLUTION=2x3""", "CODECS", "a,b")]
    [InlineData("""BANDWIDTH=1,CODECS="a,b",RESOLUTION=2x3""", "RESOLUTION", "2x3")]
    [InlineData("""URI="x",BYTERANGE="1@2" """, "URI", "x")]
    [InlineData("""URI="x" """, "NAME", null)]
    public void Attribute_QuotedOrNot_IsFound(string list, string name, string? expected) =>
        Assert.Equal(expected, HlsPlaylist.Attribute(list, name));

    private static async Task MakeAsync(params string[] arguments)
    {
        var (exitCode, _, error) = await Processes.RunAsync("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments], ToolTime);
        Assert.True(exitCode == 0, error);
    }
}
