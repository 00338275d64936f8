using System.IO.Compression;
using System.Security.Cryptography;

namespace LiveStream.HlsPackager.Playlist;

/// <summary>A playlist's bytes, made once and served to every viewer; compressed at the first request that accepts it.</summary>
internal sealed class RenderedPlaylist(byte[] bytes)
{
    private byte[]? gzip;
    private string? etag;

    public byte[] Bytes => bytes;

    /// <summary>The same, gzipped. Two requests at once may both compress: the result is the same.</summary>
    public byte[] Gzip => gzip ??= Compress(bytes);

    /// <summary>Strong entity tag with quotes.</summary>
    public string ETag => etag ??= $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"";

    private static byte[] Compress(byte[] bytes)
    {
        using var output = new MemoryStream(bytes.Length / 3 + 64);
        using (var stream = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(bytes);
        return output.ToArray();
    }
}
