using System.Buffers.Binary;

namespace LiveStream.Signalling.Protocol;

/// <summary>
/// One message as it goes over the wire: the header of a WebSocket frame (RFC 6455 §5.2) and its text. A server does not mask, so
/// that all receivers are given the same bytes.
/// </summary>
/// <param name="Bytes">Header and text; shared, never written again.</param>
/// <param name="HeaderLength">Where the text begins.</param>
internal readonly record struct TextFrame(ReadOnlyMemory<byte> Bytes, int HeaderLength)
{
    /// <summary>The longest header.</summary>
    public const int MaxHeaderLength = 10;

    // FIN, and the opcode of text.
    private const byte FirstByte = 0x81;

    // Lengths that stand in the second byte themselves, and what stands there for two or eight bytes of length that follow.
    private const int LongestShort = 125;
    private const byte TwoBytes = 126, EightBytes = 127;

    /// <summary>The message.</summary>
    public ReadOnlyMemory<byte> Text => Bytes[HeaderLength..];

    /// <summary>Bytes of the header of a text of that length.</summary>
    public static int HeaderLengthOf(int textLength) => textLength switch
    {
        <= LongestShort => 2,
        <= ushort.MaxValue => 4,
        _ => MaxHeaderLength,
    };

    /// <summary>Writes the header of a text of that length, which takes <see cref="HeaderLengthOf"/> bytes.</summary>
    public static void WriteHeader(Span<byte> header, int textLength)
    {
        header[0] = FirstByte;
        switch (HeaderLengthOf(textLength))
        {
            case 2:
                header[1] = (byte)textLength;
                break;
            case 4:
                header[1] = TwoBytes;
                BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)textLength);
                break;
            default:
                header[1] = EightBytes;
                BinaryPrimitives.WriteUInt64BigEndian(header[2..], (ulong)textLength);
                break;
        }
    }
}
