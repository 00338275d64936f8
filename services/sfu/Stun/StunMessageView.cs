using System.Buffers.Binary;

namespace LiveStream.Sfu.Stun;

/// <summary>
/// STUN message seen in place (RFC 8489 §5). Valid only while the datagram is. Of repeated attributes the first counts
/// (§14); attributes after MESSAGE-INTEGRITY are not seen, other than MESSAGE-INTEGRITY-SHA256 and FINGERPRINT (§14.5).
/// </summary>
public readonly ref struct StunMessageView
{
    /// <summary>Bytes before the first attribute.</summary>
    public const int HeaderSize = 20;

    /// <summary>Type and length in front of an attribute's value.</summary>
    public const int AttributeHeaderSize = 4;

    /// <summary>Largest message that is read: what fits one datagram on any path ICE runs over, with room to spare.</summary>
    public const int MaxSize = 2048;

    /// <summary>Bytes of a transaction id.</summary>
    public const int TransactionIdSize = 12;

    internal const uint MagicCookie = 0x2112A442;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _integrityOffset; // 0 = absent
    private readonly int _fingerprintOffset; // 0 = absent or not last

    private StunMessageView(ReadOnlySpan<byte> message, int integrityOffset, int fingerprintOffset)
    {
        _message = message;
        _integrityOffset = integrityOffset;
        _fingerprintOffset = fingerprintOffset;
    }

    /// <summary>The class bits of the message type.</summary>
    public StunClass Class
    {
        get
        {
            var type = MessageType;
            return (StunClass)(((type >> 7) & 0b10) | ((type >> 4) & 0b01));
        }
    }

    /// <summary>The method bits of the message type.</summary>
    public StunMethod Method
    {
        get
        {
            var type = MessageType;
            return (StunMethod)(((type >> 2) & 0xF80) | ((type >> 1) & 0x070) | (type & 0x00F));
        }
    }

    /// <summary>The 12-byte transaction id.</summary>
    public ReadOnlySpan<byte> TransactionId => _message.Slice(8, TransactionIdSize);

    /// <summary>USERNAME, or empty.</summary>
    public ReadOnlySpan<byte> Username => TryGetAttribute(StunAttributeType.Username, out var value) ? value : default;

    /// <summary>Whether USE-CANDIDATE is present (RFC 8445 §7.1.2).</summary>
    public bool HasUseCandidate => TryGetAttribute(StunAttributeType.UseCandidate, out _);

    /// <summary>Whether MESSAGE-INTEGRITY is present; says nothing of its value.</summary>
    public bool HasMessageIntegrity => _integrityOffset != 0;

    /// <summary>Whether FINGERPRINT is present as the last attribute; says nothing of its value.</summary>
    public bool HasFingerprint => _fingerprintOffset != 0;

    // 0                 1
    // 2  3  4 5 6 7 8 9 0 1 2 3 4 5
    // M11...M7    C1 M6 M5 M4 C0 M3...M0
    private ushort MessageType => BinaryPrimitives.ReadUInt16BigEndian(_message);

    /// <summary>Checks header and attribute lengths; integrity and fingerprint are checked by their own methods.</summary>
    public static StunError TryParse(ReadOnlySpan<byte> datagram, out StunMessageView view)
    {
        view = default;
        if (datagram.Length < HeaderSize) return StunError.TooShort;
        if ((datagram[0] & 0xC0) != 0) return StunError.NotStun;
        if (datagram.Length > MaxSize) return StunError.TooLong;
        var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if ((length & 3) != 0 || length != datagram.Length - HeaderSize) return StunError.BadLength;
        if (BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != MagicCookie) return StunError.BadCookie;

        int integrity = 0, fingerprint = 0;
        for (var offset = HeaderSize; offset < datagram.Length;)
        {
            if (datagram.Length - offset < AttributeHeaderSize) return StunError.AttributeTruncated;
            var type = (StunAttributeType)BinaryPrimitives.ReadUInt16BigEndian(datagram[offset..]);
            var next = offset + AttributeHeaderSize + Padded(BinaryPrimitives.ReadUInt16BigEndian(datagram[(offset + 2)..]));
            if (next > datagram.Length) return StunError.AttributeTruncated;

            if (type == StunAttributeType.MessageIntegrity && integrity == 0) integrity = offset;
            // FINGERPRINT must be the last attribute (§14.7).
            if (type == StunAttributeType.Fingerprint && next == datagram.Length) fingerprint = offset;
            offset = next;
        }

        view = new StunMessageView(datagram, integrity, fingerprint);
        return StunError.None;
    }

    /// <summary>The first attribute of the type, without padding.</summary>
    public bool TryGetAttribute(StunAttributeType type, out ReadOnlySpan<byte> value)
    {
        for (var offset = HeaderSize; offset < _message.Length;)
        {
            var found = ReadAttribute(offset, out value, out var next);
            if (found == type && IsSeen(offset, type)) return true;
            offset = next;
        }
        value = default;
        return false;
    }

    /// <summary>PRIORITY (RFC 8445 §7.1.1).</summary>
    public bool TryGetPriority(out uint priority)
    {
        var found = TryGetAttribute(StunAttributeType.Priority, out var value) && value.Length == sizeof(uint);
        priority = found ? BinaryPrimitives.ReadUInt32BigEndian(value) : 0;
        return found;
    }

    /// <summary>Tie-breaker of ICE-CONTROLLING (RFC 8445 §7.1.3).</summary>
    public bool TryGetIceControlling(out ulong tieBreaker) => TryGetTieBreaker(StunAttributeType.IceControlling, out tieBreaker);

    /// <summary>Tie-breaker of ICE-CONTROLLED (RFC 8445 §7.1.3).</summary>
    public bool TryGetIceControlled(out ulong tieBreaker) => TryGetTieBreaker(StunAttributeType.IceControlled, out tieBreaker);

    /// <summary>Code of ERROR-CODE, 300 to 699 (§14.8).</summary>
    public bool TryGetErrorCode(out int code)
    {
        code = 0;
        if (!TryGetAttribute(StunAttributeType.ErrorCode, out var value) || value.Length < 4) return false;
        var (hundreds, rest) = (value[2] & 0x07, value[3]);
        if (hundreds is < 3 or > 6 || rest > 99) return false;
        code = hundreds * 100 + rest;
        return true;
    }

    /// <summary>
    /// XOR-MAPPED-ADDRESS (§14.2) into <paramref name="address"/> (at least 16 bytes, network order);
    /// <paramref name="addressLength"/> is 4 or 16.
    /// </summary>
    public bool TryGetXorMappedAddress(Span<byte> address, out int addressLength, out ushort port)
    {
        addressLength = 0;
        port = 0;
        if (!TryGetAttribute(StunAttributeType.XorMappedAddress, out var value) || value.Length < 4) return false;
        var size = value[1] switch { StunAddress.Ipv4Family => 4, StunAddress.Ipv6Family => 16, _ => 0 };
        if (size == 0 || value.Length != 4 + size || address.Length < size) return false;
        port = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(value[2..]) ^ (MagicCookie >> 16));
        StunAddress.Xor(value[4..], _message.Slice(4, 16), address);
        addressLength = size;
        return true;
    }

    /// <summary>
    /// Writes the comprehension-required types (below 0x8000) that <see cref="StunAttributeType"/> does not name, for an
    /// UNKNOWN-ATTRIBUTES answer (§6.3.1); returns how many, at most what <paramref name="types"/> holds.
    /// </summary>
    public int CollectUnknownRequired(Span<ushort> types)
    {
        var count = 0;
        for (var offset = HeaderSize; offset < _message.Length && count < types.Length;)
        {
            var type = ReadAttribute(offset, out _, out var next);
            if ((ushort)type < 0x8000 && !IsUnderstood(type) && IsSeen(offset, type)) types[count++] = (ushort)type;
            offset = next;
        }
        return count;
    }

    /// <summary>True if MESSAGE-INTEGRITY is there and was made with <paramref name="key"/> (§14.5).</summary>
    public bool VerifyMessageIntegrity(ReadOnlySpan<byte> key)
    {
        if (_integrityOffset == 0) return false;
        ReadAttribute(_integrityOffset, out var received, out _);
        return received.Length == StunMessageIntegrity.Size
            && StunMessageIntegrity.Verify(_message[.._integrityOffset], key, received);
    }

    /// <summary>True if FINGERPRINT is the last attribute and fits the message (§14.7).</summary>
    public bool VerifyFingerprint()
    {
        if (_fingerprintOffset == 0) return false;
        ReadAttribute(_fingerprintOffset, out var received, out _);
        return received.Length == sizeof(uint)
            && BinaryPrimitives.ReadUInt32BigEndian(received) == StunFingerprint.Compute(_message[.._fingerprintOffset]);
    }

    internal static int Padded(int length) => (length + 3) & ~3;

    private static bool IsUnderstood(StunAttributeType type) => type
        is StunAttributeType.MappedAddress or StunAttributeType.Username or StunAttributeType.MessageIntegrity
        or StunAttributeType.ErrorCode or StunAttributeType.UnknownAttributes or StunAttributeType.Realm
        or StunAttributeType.Nonce or StunAttributeType.MessageIntegritySha256 or StunAttributeType.XorMappedAddress
        or StunAttributeType.Priority or StunAttributeType.UseCandidate;

    private bool IsSeen(int offset, StunAttributeType type) => _integrityOffset == 0 || offset <= _integrityOffset
        || type is StunAttributeType.Fingerprint or StunAttributeType.MessageIntegritySha256;

    private bool TryGetTieBreaker(StunAttributeType type, out ulong tieBreaker)
    {
        var found = TryGetAttribute(type, out var value) && value.Length == sizeof(ulong);
        tieBreaker = found ? BinaryPrimitives.ReadUInt64BigEndian(value) : 0;
        return found;
    }

    // Only for offsets that TryParse has walked over.
    private StunAttributeType ReadAttribute(int offset, out ReadOnlySpan<byte> value, out int next)
    {
        int length = BinaryPrimitives.ReadUInt16BigEndian(_message[(offset + 2)..]);
        value = _message.Slice(offset + AttributeHeaderSize, length);
        next = offset + AttributeHeaderSize + Padded(length);
        return (StunAttributeType)BinaryPrimitives.ReadUInt16BigEndian(_message[offset..]);
    }
}
