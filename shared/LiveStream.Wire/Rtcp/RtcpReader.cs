using System.Buffers.Binary;

namespace LiveStream.Wire.Rtcp;

/// <summary>
/// Walks the packets of a compound (RFC 3550 §6.1), which may be of reduced size (RFC 5506), so that the first
/// packet need not be a report.
/// </summary>
public ref struct RtcpReader
{
    private const byte VersionMask = 0xC0, VersionTwo = 0x80, PaddingBit = 0x20;

    private ReadOnlySpan<byte> _rest;
    private bool _started;

    /// <summary>Starts at the first packet of <paramref name="compound"/>.</summary>
    public RtcpReader(ReadOnlySpan<byte> compound) => _rest = compound;

    /// <summary>After <see cref="TryRead"/> has returned false: why it ended.</summary>
    public RtcpError Error { get; private set; }

    /// <summary>Reads the next packet; false at the end and at the first malformed one.</summary>
    public bool TryRead(out RtcpPacketView packet)
    {
        packet = default;
        if (Error != RtcpError.None || (_rest.IsEmpty && _started)) return false;

        _started = true;
        Error = Measure(_rest, out var length, out var padding);
        if (Error != RtcpError.None) return false;

        packet = new RtcpPacketView(_rest[..length], padding);
        _rest = _rest[length..];
        return true;
    }

    private static RtcpError Measure(ReadOnlySpan<byte> rest, out int length, out int padding)
    {
        length = 0;
        padding = 0;
        if (rest.Length < RtcpPacketView.HeaderSize) return RtcpError.TooShort;
        if ((rest[0] & VersionMask) != VersionTwo) return RtcpError.BadVersion;

        // The length counts 32-bit words minus one (§6.4.1).
        length = 4 * (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) + 1);
        if (rest.Length < length) return RtcpError.LengthTruncated;
        if ((rest[0] & PaddingBit) == 0) return RtcpError.None;

        // §6.4.1 makes it a multiple of four, but transport-wide feedback is padded to 32 bits this way in
        // practice, so 1 to 3 occur. Padding before the last packet does no harm either.
        padding = rest[length - 1];
        return padding == 0 || padding > length - RtcpPacketView.HeaderSize ? RtcpError.PaddingInvalid : RtcpError.None;
    }
}
