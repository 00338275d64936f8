using System.IO.Compression;

using LiveStream.Contracts.Recording;
using LiveStream.Media.Hls;
using LiveStream.Objects;

using Microsoft.Extensions.Logging;

namespace LiveStream.Recording.Vod;

/// <summary>
/// Writes the zip of a show straight into the store: the playlists and everything they lead to, stored and not deflated, as
/// media does not get smaller. Sizes follow the data (APPNOTE 4.3.9), so nothing is written twice; ZIP64 where it is needed.
/// </summary>
internal sealed class ZipWriter(IObjectStore store, ILogger<ZipWriter> logger)
{
    private const int BlockSize = 256 * 1024;

    // Times in an archive are local and begin in 1980: all entries carry the show's beginning, in UTC.
    private static readonly DateTimeOffset s_earliest = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the archive; bytes of it.</summary>
    /// <param name="path">The run.</param>
    /// <param name="show">What is in it.</param>
    /// <param name="cancellationToken">Gives up; no archive appears.</param>
    public Task<long> WriteAsync(string path, RecordedShow show, CancellationToken cancellationToken) => store.UploadAsync(
        RecordingKeys.ZipOf(path), ObjectTypes.Zip, (target, cancel) => WriteAsync(target, RecordingKeys.FolderOf(path), show, cancel), cancellationToken);

    private async Task WriteAsync(Stream target, string folder, RecordedShow show, CancellationToken cancellationToken)
    {
        var at = show.Epoch > s_earliest ? show.Epoch.ToUniversalTime() : s_earliest;
        var archive = await ZipArchive.CreateAsync(target, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        await using (archive)
        {
            await AddAsync(archive, HlsNames.Multivariant, VodPlaylists.Multivariant(show), at, cancellationToken);
            foreach (var rendition in show.Renditions)
            {
                await AddAsync(archive, $"{rendition.Name}/{HlsNames.Media}", VodPlaylists.Media(show, rendition), at, cancellationToken);
                foreach (var init in rendition.Inits) await CopyAsync(archive, folder, $"{rendition.Name}/{HlsNames.Init(init.Number)}", at, cancellationToken);
                foreach (var segment in rendition.Segments.Where(segment => !segment.IsGap))
                    await CopyAsync(archive, folder, $"{rendition.Name}/{HlsNames.Segment(segment.Number)}", at, cancellationToken);
            }
        }
    }

    private static async Task AddAsync(ZipArchive archive, string name, byte[] content, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var target = await OpenAsync(archive, name, at, cancellationToken);
        await target.WriteAsync(content, cancellationToken);
    }

    private async Task CopyAsync(ZipArchive archive, string folder, string name, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var found = await store.OpenAsync($"{folder}/{name}", cancellationToken);
        if (found is null)
        {
            // Players skip what they do not find; everything else is still worth having.
            logger.ObjectMissing($"{folder}/{name}");
            return;
        }

        await using var target = await OpenAsync(archive, name, at, cancellationToken);
        await found.Content.CopyToAsync(target, BlockSize, cancellationToken);
    }

    private static Task<Stream> OpenAsync(ZipArchive archive, string name, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = at;
        return entry.OpenAsync(cancellationToken);
    }
}
