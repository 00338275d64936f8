using System.Text;

using LiveStream.HlsPackager.Publish;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStream.HlsPackager.Tests.Publish;

public sealed class DiskSegmentStoreTests
{
    [Fact]
    public async Task Start_RemovesWhatAnEarlierProcessLeft_AndNothingElse()
    {
        var folder = Directory.CreateTempSubdirectory("segments");
        try
        {
            var other = Path.Combine(folder.FullName, "other.txt");
            await File.WriteAllTextAsync(other, "somebody else's");
            var first = new DiskSegmentStore(folder.FullName, NullLogger<DiskSegmentStore>.Instance);
            first.Put("c/r/d/1", "segment_0.m4s", new MemoryObject("video/mp4", "\"1\"", [Encoding.ASCII.GetBytes("abc")]));
            await first.DisposeAsync();
            Assert.Single(folder.EnumerateFiles("*.m4s", SearchOption.AllDirectories));

            await using var second = new DiskSegmentStore(folder.FullName, NullLogger<DiskSegmentStore>.Instance);
            Assert.Empty(folder.EnumerateFiles("*.m4s", SearchOption.AllDirectories));
            Assert.True(File.Exists(other));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
