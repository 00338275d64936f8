using System.Buffers.Binary;

namespace LiveStream.Sfu.Sctp;

/// <summary>
/// An SCTP packet seen in place (RFC 9260 §3): valid only while the datagram is.
/// <code>
///  0                   1                   2                   3
/// |     Source Port Number        |     Destination Port Number   |
/// |                      Verification Tag                         |
/// |                           Checksum                            |
/// |   Chunk Type  | Chunk Flags   |        Chunk Length           |  any number of chunks,
/// |                         Chunk Value                           |  each padded to 4 bytes
/// </code>
/// </summary>
internal readonly ref struct SctpPacketView
{
    /// <summary>Bytes before the first chunk.</summary>
    public const int HeaderSize = 12;

    private readonly ReadOnlySpan<byte> _packet;

    private SctpPacketView(ReadOnlySpan<byte> packet) => _packet = packet;

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_packet);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_packet[2..]);

    public uint VerificationTag => BinaryPrimitives.ReadUInt32BigEndian(_packet[4..]);

    /// <summary>The chunks, all of whose lengths were checked.</summary>
    public SctpElements Chunks => new(_packet[HeaderSize..]);

    /// <summary>Whether there is one chunk only.</summary>
    public bool HasOneChunk
    {
        get
        {
            var chunks = Chunks;
            return chunks.TryRead(out _) && !chunks.TryRead(out _);
        }
    }

    /// <summary>Checks the checksum and the frame of every chunk.</summary>
    public static SctpError TryParse(ReadOnlySpan<byte> packet, out SctpPacketView view)
    {
        view = default;
        if (packet.Length < HeaderSize + SctpElements.HeaderSize) return SctpError.TooShort;
        if (!SctpChecksum.IsRight(packet)) return SctpError.BadChecksum;
        var chunks = new SctpElements(packet[HeaderSize..]);
        while (chunks.TryRead(out _))
        {
        }

        if (!chunks.IsAtEnd) return SctpError.ChunkTruncated;
        view = new SctpPacketView(packet);
        return SctpError.None;
    }
}

/// <summary>One chunk or parameter: 16 bits that name it (a chunk's type and flags), 16 bits of length, and its value.</summary>
internal readonly ref struct SctpElement(ReadOnlySpan<byte> whole)
{
    /// <summary>Header and value, without padding.</summary>
    public ReadOnlySpan<byte> Whole { get; } = whole;

    /// <summary>Type of a chunk.</summary>
    public SctpChunkType ChunkType => (SctpChunkType)Whole[0];

    /// <summary>Flags of a chunk.</summary>
    public byte Flags => Whole[1];

    /// <summary>Type of a parameter.</summary>
    public ushort ParameterType => BinaryPrimitives.ReadUInt16BigEndian(Whole);

    public ReadOnlySpan<byte> Value => Whole[SctpElements.HeaderSize..];
}

/// <summary>Walks over chunks or parameters; stops at the first whose length is wrong.</summary>
internal ref struct SctpElements(ReadOnlySpan<byte> bytes)
{
    public const int HeaderSize = 4;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>The next one; false at the end and where the length does not fit.</summary>
    public bool TryRead(out SctpElement element)
    {
        element = default;
        if (_rest.Length < HeaderSize) return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        if (length < HeaderSize || length > _rest.Length) return false;
        element = new SctpElement(_rest[..length]);
        // The padding of the last one may be missing.
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
