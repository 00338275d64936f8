using LiveStream.Wire.Framing;

namespace LiveStream.Fuzz.Targets;

/// <summary>RFC 4571 stream: the packets, framed again, are the stream up to where reading stopped.</summary>
public sealed class FramedPacketsTarget : IFuzzTarget
{
    private const int MaxLength = 1500;

    public string Name => "FramedPackets";

    public void Run(ReadOnlySpan<byte> input)
    {
        var buffer = new byte[input.Length];
        var written = 0;
        bool tooLong;
        while (FramedPackets.TryRead(input[written..], MaxLength, out var packet, out var consumed, out tooLong))
        {
            Oracle.Same(2 + packet.Length, consumed, "consumed");
            Oracle.Same(consumed, FramedPackets.Write(buffer.AsSpan(written), packet), "written");
            written += consumed;
        }

        Oracle.SameBytes(input[..written], buffer.AsSpan(0, written), "stream");
        var rest = input[written..].ToArray();
        var length = rest.Length < 2 ? 0 : 256 * rest[0] + rest[1];
        Oracle.Same(length > MaxLength, tooLong, "too long");
        Oracle.Holds(rest.Length < 2 || tooLong || rest.Length < 2 + length, "a whole packet is not left behind");
    }
}
