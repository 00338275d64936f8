using System.Buffers.Binary;
using System.Text;

namespace LiveStream.Sfu.Sctp;

/// <summary>Data Channel Establishment Protocol (RFC 8832 §5): one side opens, the other acknowledges.</summary>
internal static class DcepMessage
{
    /// <summary>Longest label and longest protocol, in bytes of UTF-8.</summary>
    public const int MaximumText = 256;

    private const byte AckType = 2, OpenType = 3, ReliableOrdered = 0;
    private const int FixedOpen = 12;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>DATA_CHANNEL_ACK.</summary>
    public static ReadOnlySpan<byte> Ack => [AckType];

    public static bool IsAck(ReadOnlySpan<byte> message) => message is [AckType, ..];

    // | Message Type |  Channel Type |           Priority            |
    // |                    Reliability Parameter                      |
    // |         Label Length          |       Protocol Length         |
    // | Label, Protocol ...
    /// <summary>Reads DATA_CHANNEL_OPEN. False for another message, a wrong length, a text that is too long or not UTF-8.</summary>
    public static bool TryReadOpen(ReadOnlySpan<byte> message, out string label)
    {
        label = "";
        if (message.Length < FixedOpen || message[0] != OpenType) return false;
        int labelLength = BinaryPrimitives.ReadUInt16BigEndian(message[8..]), protocolLength = BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        if (labelLength > MaximumText || protocolLength > MaximumText || message.Length < FixedOpen + labelLength + protocolLength) return false;
        var text = message.Slice(FixedOpen, labelLength);
        if (!System.Text.Unicode.Utf8.IsValid(text)) return false;
        label = s_strict.GetString(text);
        return true;
    }

    /// <summary>DATA_CHANNEL_OPEN of a reliable, ordered channel without protocol.</summary>
    public static byte[] Open(string label)
    {
        var message = new byte[FixedOpen + s_strict.GetByteCount(label)];
        message[0] = OpenType;
        message[1] = ReliableOrdered;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(8), (ushort)(message.Length - FixedOpen));
        s_strict.GetBytes(label, message.AsSpan(FixedOpen));
        return message;
    }
}
