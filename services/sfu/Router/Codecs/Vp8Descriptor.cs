using System.Buffers.Binary;

namespace LiveStream.Sfu.Router.Codecs;

/// <summary>VP8 payload descriptor (RFC 7741 §4.2), read in place, with the places of the numbers that a layer switch rewrites.</summary>
/// <remarks>
/// <code>
///   0 1 2 3 4 5 6 7
///  |X|R|N|S|R| PID |   I: picture id (7 or 15 bits), L: TL0PICIDX, T/K: TID and KEYIDX
///  |I|L|T|K| RSV   |
/// </code>
/// </remarks>
internal readonly struct Vp8Descriptor
{
    private const int ExtensionBit = 0x80, StartBit = 0x10, PartitionMask = 0x07;
    private const int PictureIdBit = 0x80, Tl0Bit = 0x40, TemporalBit = 0x20, KeyIndexBit = 0x10, LongPictureIdBit = 0x80;

    private Vp8Descriptor(bool startsKeyFrame, int pictureIdOffset, bool longPictureId, int tl0Offset)
    {
        StartsKeyFrame = startsKeyFrame;
        PictureIdOffset = pictureIdOffset;
        HasLongPictureId = longPictureId;
        Tl0Offset = tl0Offset;
    }

    public bool StartsKeyFrame { get; }

    /// <summary>Offset of the picture id; 0 without one.</summary>
    public int PictureIdOffset { get; }

    public bool HasLongPictureId { get; }

    /// <summary>Offset of TL0PICIDX; 0 without one.</summary>
    public int Tl0Offset { get; }

    public static bool TryParse(ReadOnlySpan<byte> payload, out Vp8Descriptor descriptor)
    {
        descriptor = default;
        if (payload.IsEmpty) return false;
        var first = payload[0];
        var offset = 1;
        int pictureId = 0, tl0 = 0;
        var isLong = false;
        if ((first & ExtensionBit) != 0)
        {
            if (payload.Length < 2) return false;
            var flags = payload[1];
            offset = 2;
            if ((flags & PictureIdBit) != 0)
            {
                if (payload.Length <= offset) return false;
                pictureId = offset;
                isLong = (payload[offset] & LongPictureIdBit) != 0;
                offset += isLong ? 2 : 1;
            }

            if ((flags & Tl0Bit) != 0) tl0 = offset++;
            if ((flags & (TemporalBit | KeyIndexBit)) != 0) offset++;
        }

        if (payload.Length <= offset) return false;
        // First partition's first byte: bit 0 is the inverse key frame flag (RFC 6386 §9.1).
        var key = (first & StartBit) != 0 && (first & PartitionMask) == 0 && (payload[offset] & 1) == 0;
        descriptor = new Vp8Descriptor(key, pictureId, isLong, tl0);
        return true;
    }

    /// <summary>The picture id, 0 without one.</summary>
    public int ReadPictureId(ReadOnlySpan<byte> payload) => PictureIdOffset == 0 ? 0
        : HasLongPictureId ? BinaryPrimitives.ReadUInt16BigEndian(payload[PictureIdOffset..]) & 0x7FFF
        : payload[PictureIdOffset] & 0x7F;

    /// <summary>Writes a picture id in the width that is there.</summary>
    public void WritePictureId(Span<byte> payload, int value)
    {
        if (PictureIdOffset == 0) return;
        if (HasLongPictureId) BinaryPrimitives.WriteUInt16BigEndian(payload[PictureIdOffset..], (ushort)(0x8000 | (value & 0x7FFF)));
        else payload[PictureIdOffset] = (byte)(value & 0x7F);
    }
}
