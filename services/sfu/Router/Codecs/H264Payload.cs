using System.Buffers.Binary;

namespace LiveStream.Sfu.Router.Codecs;

/// <summary>H.264 payload structure as far as forwarding reads it (RFC 6184 §5.2).</summary>
internal static class H264Payload
{
    private const int TypeMask = 0x1F, IdrSlice = 5, SequenceParameterSet = 7, StapA = 24, FuA = 28, StartBit = 0x80;

    /// <summary>
    /// True for a sequence parameter set (it precedes each IDR picture of browsers) or, where those come out of band,
    /// for the start of an IDR slice.
    /// </summary>
    public static bool StartsKeyFrame(ReadOnlySpan<byte> payload) => Begins(payload, orSlice: true);

    /// <summary>True for a sequence parameter set, whatever else is behind it.</summary>
    public static bool HasParameterSet(ReadOnlySpan<byte> payload) => Begins(payload, orSlice: false);

    private static bool Begins(ReadOnlySpan<byte> payload, bool orSlice)
    {
        if (payload.IsEmpty) return false;
        switch (payload[0] & TypeMask)
        {
            case StapA:
                var rest = payload[1..];
                while (rest.Length > 2)
                {
                    var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
                    if (length == 0 || length > rest.Length - 2) return false;
                    if (IsWanted(rest[2], orSlice)) return true;
                    rest = rest[(2 + length)..];
                }

                return false;
            case FuA:
                return payload.Length > 1 && (payload[1] & StartBit) != 0 && IsWanted(payload[1], orSlice);
            default:
                return IsWanted(payload[0], orSlice);
        }
    }

    private static bool IsWanted(byte header, bool orSlice) => (header & TypeMask) switch
    {
        SequenceParameterSet => true,
        IdrSlice => orSlice,
        _ => false,
    };
}
