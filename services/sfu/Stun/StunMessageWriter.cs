using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LiveStream.Sfu.Stun;

/// <summary>
/// Writes one STUN message into the caller's span (RFC 8489 §5). Attributes stand in call order; MESSAGE-INTEGRITY comes
/// after all it covers and FINGERPRINT last. A span that is too small is the caller's mistake:
/// <see cref="ArgumentException"/>. 256 bytes hold any message of an ICE agent.
/// </summary>
public ref struct StunMessageWriter
{
    private const int MaxReasonBytes = 128;

    private readonly Span<byte> _destination;
    private int _length;

    /// <summary>Writes the header; <paramref name="transactionId"/> has 12 bytes.</summary>
    public StunMessageWriter(Span<byte> destination, StunClass cls, StunMethod method, ReadOnlySpan<byte> transactionId)
    {
        if (transactionId.Length != StunMessageView.TransactionIdSize) ThrowBadTransactionId();
        if (destination.Length < StunMessageView.HeaderSize) ThrowTooSmall();
        _destination = destination.Length > StunMessageView.MaxSize ? destination[..StunMessageView.MaxSize] : destination;
        int m = (int)method, c = (int)cls;
        var type = ((m & 0xF80) << 2) | ((m & 0x070) << 1) | (m & 0x00F) | ((c & 0b10) << 7) | ((c & 0b01) << 4);
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)type);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], StunMessageView.MagicCookie);
        transactionId.CopyTo(destination[8..]);
        _length = StunMessageView.HeaderSize;
        SetLength(_length);
    }

    /// <summary>XOR-MAPPED-ADDRESS (§14.2); <paramref name="address"/> has 4 or 16 bytes in network order.</summary>
    public void WriteXorMappedAddress(scoped ReadOnlySpan<byte> address, ushort port)
    {
        if (address.Length is not (4 or 16)) ThrowBadAddress();
        var value = Append(StunAttributeType.XorMappedAddress, 4 + address.Length);
        value[0] = 0;
        value[1] = address.Length == 4 ? StunAddress.Ipv4Family : StunAddress.Ipv6Family;
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(port ^ (StunMessageView.MagicCookie >> 16)));
        StunAddress.Xor(address, _destination.Slice(4, 16), value[4..]);
    }

    /// <summary>USERNAME (§14.3): in ICE, the receiver's fragment, a colon, the sender's (RFC 8445 §7.2.2).</summary>
    public void WriteUsername(scoped ReadOnlySpan<byte> username) => WriteBytes(StunAttributeType.Username, username);

    /// <summary>SOFTWARE (§14.14), UTF-8.</summary>
    public void WriteSoftware(scoped ReadOnlySpan<byte> name) => WriteBytes(StunAttributeType.Software, name);

    /// <summary>PRIORITY (RFC 8445 §7.1.1).</summary>
    public void WritePriority(uint priority) =>
        BinaryPrimitives.WriteUInt32BigEndian(Append(StunAttributeType.Priority, sizeof(uint)), priority);

    /// <summary>ICE-CONTROLLING (RFC 8445 §7.1.3).</summary>
    public void WriteIceControlling(ulong tieBreaker) =>
        BinaryPrimitives.WriteUInt64BigEndian(Append(StunAttributeType.IceControlling, sizeof(ulong)), tieBreaker);

    /// <summary>ICE-CONTROLLED (RFC 8445 §7.1.3).</summary>
    public void WriteIceControlled(ulong tieBreaker) =>
        BinaryPrimitives.WriteUInt64BigEndian(Append(StunAttributeType.IceControlled, sizeof(ulong)), tieBreaker);

    /// <summary>USE-CANDIDATE (RFC 8445 §7.1.2).</summary>
    public void WriteUseCandidate() => Append(StunAttributeType.UseCandidate, 0);

    /// <summary>ERROR-CODE (§14.8), 300 to 699; the reason phrase is cut at 128 bytes of UTF-8.</summary>
    public void WriteErrorCode(int code, string reason)
    {
        if (code is < 300 or > 699) ThrowBadErrorCode();
        Span<byte> phrase = stackalloc byte[MaxReasonBytes];
        Encoding.UTF8.TryGetBytes(reason.AsSpan(0, Math.Min(reason.Length, MaxReasonBytes / 3)), phrase, out var size);
        var value = Append(StunAttributeType.ErrorCode, 4 + size);
        BinaryPrimitives.WriteUInt16BigEndian(value, 0);
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        phrase[..size].CopyTo(value[4..]);
    }

    /// <summary>UNKNOWN-ATTRIBUTES (§14.13).</summary>
    public void WriteUnknownAttributes(scoped ReadOnlySpan<ushort> types)
    {
        var value = Append(StunAttributeType.UnknownAttributes, types.Length * sizeof(ushort));
        for (var i = 0; i < types.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(value[(i * sizeof(ushort))..], types[i]);
    }

    /// <summary>Any attribute whose value the caller has.</summary>
    public void WriteBytes(StunAttributeType type, scoped ReadOnlySpan<byte> value) => value.CopyTo(Append(type, value.Length));

    /// <summary>MESSAGE-INTEGRITY over all that stands so far (§14.5).</summary>
    public void WriteMessageIntegrity(scoped ReadOnlySpan<byte> key)
    {
        var covered = _length;
        var value = Append(StunAttributeType.MessageIntegrity, StunMessageIntegrity.Size);
        StunMessageIntegrity.Compute(_destination[..covered], key, value);
    }

    /// <summary>FINGERPRINT over all that stands so far (§14.7); nothing may follow.</summary>
    public void WriteFingerprint()
    {
        var covered = _length;
        // The length field counts the attribute before the CRC is taken; Append sees to that.
        var value = Append(StunAttributeType.Fingerprint, sizeof(uint));
        BinaryPrimitives.WriteUInt32BigEndian(value, StunFingerprint.Compute(_destination[..covered]));
    }

    /// <summary>Size of the message in bytes.</summary>
    public readonly int Finish() => _length;

    private Span<byte> Append(StunAttributeType type, int size)
    {
        var padded = StunMessageView.Padded(size);
        if (_destination.Length - _length < StunMessageView.AttributeHeaderSize + padded) ThrowTooSmall();
        var attribute = _destination.Slice(_length, StunMessageView.AttributeHeaderSize + padded);
        BinaryPrimitives.WriteUInt16BigEndian(attribute, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)size);
        attribute[(StunMessageView.AttributeHeaderSize + size)..].Clear();
        _length += attribute.Length;
        SetLength(_length);
        return attribute.Slice(StunMessageView.AttributeHeaderSize, size);
    }

    private readonly void SetLength(int total) =>
        BinaryPrimitives.WriteUInt16BigEndian(_destination[2..], (ushort)(total - StunMessageView.HeaderSize));

    [DoesNotReturn]
    private static void ThrowTooSmall() => throw new ArgumentException("The destination is too small for the STUN message.");

    [DoesNotReturn]
    private static void ThrowBadTransactionId() => throw new ArgumentException("A STUN transaction id has 12 bytes.");

    [DoesNotReturn]
    private static void ThrowBadAddress() => throw new ArgumentException("An address has 4 or 16 bytes.");

    [DoesNotReturn]
    private static void ThrowBadErrorCode() => throw new ArgumentOutOfRangeException("code", "A STUN error code is 300 to 699.");
}
