using LiveStream.Contracts.Packager.V1;
using LiveStream.HlsPackager.Publish;
using LiveStream.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStream.HlsPackager.Tests.Publish;

public sealed class DiskSegmentStoreTests : IDisposable
{
    private const string Run = "c/r/d/1";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("segments");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task RemoveLeftovers_RemovesWhatAnEarlierProcessLeft_AndNothingElse()
    {
        var other = Path.Combine(folder.FullName, "other.txt");
        await File.WriteAllTextAsync(other, "somebody else's");
        var first = NewStore();
        Put(first, 0);
        await first.DisposeAsync();
        Assert.Single(Segments());

        // Not yet: the first may be alive, and the second end because of it.
        var second = NewStore();
        Put(second, 1);
        await second.DisposeAsync();
        Assert.Equal(2, Segments().Length);
        second.RemoveLeftovers();
        Assert.Equal("segment_1.m4s", Assert.Single(Segments()).Name);
        Assert.True(File.Exists(other));
    }

    [Fact]
    public async Task Put_ThatFails_LeavesNothing()
    {
        var store = NewStore();
        Put(store, 0);
        await Eventually.HoldsAsync(() => store.Find(Run, "segment_0.m4s") is not null);
        // No file takes the place of a folder.
        Directory.CreateDirectory(Path.Combine(Assert.Single(Segments()).DirectoryName!, "segment_1.m4s"));
        Put(store, 1);
        await store.DisposeAsync();

        Assert.Null(store.Find(Run, "segment_1.m4s"));
        Assert.Empty(folder.EnumerateFiles("*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Event_WithADiskThatTakesNothing_IsServedFromMemory()
    {
        // A file is where the folder should be.
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "segments"), "");
        await using var origin = await OriginFixture.StartAsync(("DataDirectory", folder.FullName), ("WindowSegments", "3"));
        var source = await origin.GoLiveAsync(PlaylistType.Event);
        source.SendUpTo(40);
        await origin.Control.StopStreamAsync(new StopStreamRequest { StreamId = "one" }, default);

        var listed = (await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/stream_0/stream.m3u8")).Split('\n').Where(line => line.StartsWith("segment_", StringComparison.Ordinal)).ToList();
        Assert.InRange(listed.Count, 19, 21);
        foreach (var name in listed) (await origin.Client.GetAsync($"/hls/{OriginFixture.Path}/stream_0/{name}")).EnsureSuccessStatusCode();
    }

    private DiskSegmentStore NewStore() => new(folder.FullName, NullLogger<DiskSegmentStore>.Instance);

    private static void Put(DiskSegmentStore store, int number) => store.Put(Run, $"segment_{number}.m4s", new MemoryObject("video/mp4", "\"1\"", ["abc"u8.ToArray()]));

    private FileInfo[] Segments() => folder.GetFiles("*.m4s", SearchOption.AllDirectories);
}
