using System.Buffers.Binary;

namespace LiveStream.Benchmarks.Hls;

/// <summary>Reads the packets of an Ogg file with one stream (RFC 3533 §6).</summary>
internal static class OggPackets
{
    private const int HeaderSize = 27, SegmentCountOffset = 26, FullSegment = 255;

    // "OggS" as a little-endian number.
    private const uint CapturePattern = 0x5367_674F;

    /// <summary>All whole packets, the codec's headers among them; what follows a damaged page is left out.</summary>
    public static List<byte[]> Read(ReadOnlySpan<byte> file)
    {
        var packets = new List<byte[]>();
        var packet = new List<byte>();
        while (file.Length >= HeaderSize && BinaryPrimitives.ReadUInt32LittleEndian(file) == CapturePattern)
        {
            var count = file[SegmentCountOffset];
            if (file.Length < HeaderSize + count) break;
            var lacing = file.Slice(HeaderSize, count);
            file = file[(HeaderSize + count)..];
            foreach (var size in lacing)
            {
                if (file.Length < size) return packets;
                packet.AddRange(file[..size]);
                file = file[size..];
                // A full segment says that the packet goes on in the next one.
                if (size == FullSegment) continue;
                packets.Add([.. packet]);
                packet.Clear();
            }
        }
        return packets;
    }
}
