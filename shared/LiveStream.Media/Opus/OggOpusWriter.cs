using System.Buffers.Binary;

namespace LiveStream.Media.Opus;

/// <summary>
/// Writes one logical Ogg stream of Opus (RFC 3533 §6, RFC 7845 §3 to §5), one packet a page so that a reader can go on
/// at once. The caller owns the destination; every method returns the bytes written, 0 when they do not fit.
/// </summary>
/// <param name="serial">Bitstream serial number.</param>
public sealed class OggOpusWriter(uint serial)
{
    /// <summary>Largest Opus packet that one page takes: 254 full lacing values and one short one.</summary>
    public const int MaxPacketSize = (255 * 254) + 254;

    /// <summary>Bytes that a page adds to a packet at most: header and 255 lacing values.</summary>
    public const int MaxPageOverhead = PageHeaderSize + 255;

    private const int PageHeaderSize = 27, ChecksumOffset = 22;
    private const byte BeginningOfStream = 0x02;

    private static readonly uint[] ChecksumTable = MakeChecksumTable();

    private uint sequence;
    private long granule;

    /// <summary>Samples at 48 kHz written so far, pre-skip included.</summary>
    public long GranulePosition => granule;

    /// <summary>Writes the pages of the identification header and the comment header.</summary>
    /// <param name="destination">At least 160 bytes.</param>
    /// <param name="channels">1 or 2: what the decoder puts out.</param>
    /// <param name="preSkip">Samples at 48 kHz to be dropped from the start of the decoder's output.</param>
    public int WriteHeaders(Span<byte> destination, int channels, int preSkip)
    {
        // Magic, version 1, channels, pre-skip, input rate, output gain, mapping family 0 (RFC 7845 §5.1).
        Span<byte> head = stackalloc byte[19];
        "OpusHead"u8.CopyTo(head);
        head[8] = 1;
        head[9] = (byte)channels;
        BinaryPrimitives.WriteUInt16LittleEndian(head[10..], (ushort)preSkip);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], OpusPacket.ClockRate);
        head[16..].Clear();

        // Magic, vendor string, no comments (§5.2).
        var vendor = "LiveStream"u8;
        Span<byte> tags = stackalloc byte[8 + 4 + vendor.Length + 4];
        tags.Clear();
        "OpusTags"u8.CopyTo(tags);
        BinaryPrimitives.WriteInt32LittleEndian(tags[8..], vendor.Length);
        vendor.CopyTo(tags[12..]);

        if (destination.Length < (2 * (PageHeaderSize + 1)) + head.Length + tags.Length) return 0;

        var written = WritePage(destination, head, BeginningOfStream, 0);
        return written + WritePage(destination[written..], tags, 0, 0);
    }

    /// <summary>Writes a page with one packet.</summary>
    public int WritePacket(Span<byte> destination, ReadOnlySpan<byte> packet, int samples)
    {
        if (packet.Length > MaxPacketSize) return 0;

        var written = WritePage(destination, packet, 0, granule + samples);
        if (written > 0) granule += samples;
        return written;
    }

    private int WritePage(Span<byte> destination, ReadOnlySpan<byte> packet, byte flags, long granulePosition)
    {
        // A packet ends with the first lacing value below 255 (RFC 3533 §5).
        var segments = (packet.Length / 255) + 1;
        var size = PageHeaderSize + segments + packet.Length;
        if (destination.Length < size) return 0;

        var page = destination[..size];
        "OggS"u8.CopyTo(page);
        page[4] = 0;
        page[5] = flags;
        BinaryPrimitives.WriteInt64LittleEndian(page[6..], granulePosition);
        BinaryPrimitives.WriteUInt32LittleEndian(page[14..], serial);
        BinaryPrimitives.WriteUInt32LittleEndian(page[18..], sequence++);
        BinaryPrimitives.WriteUInt32LittleEndian(page[ChecksumOffset..], 0);
        page[26] = (byte)segments;
        page.Slice(PageHeaderSize, segments - 1).Fill(255);
        page[PageHeaderSize + segments - 1] = (byte)(packet.Length % 255);
        packet.CopyTo(page[(PageHeaderSize + segments)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(page[ChecksumOffset..], Checksum(page));
        return size;
    }

    /// <summary>CRC of a page whose checksum field is zero: polynomial 0x04C11DB7, no reflection, no inversion.</summary>
    public static uint Checksum(ReadOnlySpan<byte> page)
    {
        uint crc = 0;
        foreach (var value in page) crc = (crc << 8) ^ ChecksumTable[(crc >> 24) ^ value];
        return crc;
    }

    private static uint[] MakeChecksumTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var value = i << 24;
            for (var bit = 0; bit < 8; bit++) value = (value << 1) ^ ((value & 0x8000_0000) != 0 ? 0x04C1_1DB7u : 0);
            table[i] = value;
        }

        return table;
    }
}
