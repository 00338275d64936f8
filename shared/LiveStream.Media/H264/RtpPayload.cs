using System.Buffers.Binary;

namespace LiveStream.Media.H264;

/// <summary>Why an RTP payload was refused.</summary>
public enum RtpPayloadError : byte
{
    None,
    /// <summary>No bytes: a padding-only packet.</summary>
    Empty,
    /// <summary>A length or header points beyond the packet, or a fragment or unit is empty.</summary>
    Truncated,
    /// <summary>The forbidden bit is set, or the structure is one of the interleaved mode (STAP-B, MTAP, FU-B) or reserved.</summary>
    Unsupported,
    /// <summary>A fragment with both start and end bit, or of a type that must not be fragmented.</summary>
    BadFragment,
}

/// <summary>How a payload carries NAL units (RFC 6184 §5.2), packetization modes 0 and 1.</summary>
public enum RtpPayloadStructure : byte
{
    SingleNalUnit,
    StapA,
    FuA,
}

/// <summary>One H.264 RTP payload (RFC 6184 §5.6, §5.7.1, §5.8) seen in place; valid only while the packet is.</summary>
public readonly ref struct RtpPayload
{
    private const byte ForbiddenBit = 0x80, FragmentStart = 0x80, FragmentEnd = 0x40;
    private const int FragmentHeaderSize = 2, StapHeaderSize = 1, StapLengthSize = 2;

    private readonly ReadOnlySpan<byte> payload;

    private RtpPayload(ReadOnlySpan<byte> payload, RtpPayloadStructure structure)
    {
        this.payload = payload;
        Structure = structure;
    }

    /// <summary>Which of the members below apply.</summary>
    public RtpPayloadStructure Structure { get; }

    /// <summary>The unit of a <see cref="RtpPayloadStructure.SingleNalUnit"/>.</summary>
    public ReadOnlySpan<byte> NalUnit => payload;

    /// <summary>True on the first fragment of a unit.</summary>
    public bool IsFragmentStart => (payload[1] & FragmentStart) != 0;

    /// <summary>True on the last fragment of a unit.</summary>
    public bool IsFragmentEnd => (payload[1] & FragmentEnd) != 0;

    /// <summary>The header byte of the fragmented unit: F and NRI of the FU indicator, type of the FU header.</summary>
    public byte FragmentedHeader => (byte)((payload[0] & H264.NalUnit.ReferenceMask) | (payload[1] & H264.NalUnit.TypeMask));

    /// <summary>The fragment's bytes, without the unit's header byte.</summary>
    public ReadOnlySpan<byte> Fragment => payload[FragmentHeaderSize..];

    /// <summary>The units of a <see cref="RtpPayloadStructure.StapA"/>; every length has been checked.</summary>
    public StapReader Aggregated => new(payload[StapHeaderSize..]);

    /// <summary>Parses and checks a whole payload.</summary>
    public static RtpPayloadError TryParse(ReadOnlySpan<byte> payload, out RtpPayload view)
    {
        view = default;
        if (payload.IsEmpty) return RtpPayloadError.Empty;
        if ((payload[0] & ForbiddenBit) != 0) return RtpPayloadError.Unsupported;

        switch (H264.NalUnit.TypeOf(payload))
        {
            case >= NalUnitType.NonIdrSlice and < NalUnitType.StapA:
                view = new RtpPayload(payload, RtpPayloadStructure.SingleNalUnit);
                return RtpPayloadError.None;
            case NalUnitType.StapA:
                var error = CheckStap(payload[StapHeaderSize..]);
                if (error == RtpPayloadError.None) view = new RtpPayload(payload, RtpPayloadStructure.StapA);
                return error;
            case NalUnitType.FuA:
                error = CheckFragment(payload);
                if (error == RtpPayloadError.None) view = new RtpPayload(payload, RtpPayloadStructure.FuA);
                return error;
            default:
                return RtpPayloadError.Unsupported;
        }
    }

    //  0                   1                   2                   3
    // +---------------+---------------+---------------+---------------+
    // |STAP-A NAL HDR |         NALU 1 Size           | NALU 1 HDR ...|   (figure 7)
    private static RtpPayloadError CheckStap(ReadOnlySpan<byte> units)
    {
        if (units.IsEmpty) return RtpPayloadError.Truncated;

        while (!units.IsEmpty)
        {
            if (units.Length < StapLengthSize) return RtpPayloadError.Truncated;

            var length = BinaryPrimitives.ReadUInt16BigEndian(units);
            if (length == 0 || length > units.Length - StapLengthSize) return RtpPayloadError.Truncated;

            // An aggregation holds plain units only (§5.7).
            var unit = units.Slice(StapLengthSize, length);
            if ((unit[0] & ForbiddenBit) != 0 || !IsPlain(H264.NalUnit.TypeOf(unit))) return RtpPayloadError.Unsupported;

            units = units[(StapLengthSize + length)..];
        }

        return RtpPayloadError.None;
    }

    // FU indicator |F|NRI|  Type   |   FU header |S|E|R|  Type   |   (§5.8)
    private static RtpPayloadError CheckFragment(ReadOnlySpan<byte> payload)
    {
        if (payload.Length <= FragmentHeaderSize) return RtpPayloadError.Truncated;

        var both = FragmentStart | FragmentEnd;
        var plain = IsPlain((NalUnitType)(payload[1] & H264.NalUnit.TypeMask));
        return plain && (payload[1] & both) != both ? RtpPayloadError.None : RtpPayloadError.BadFragment;
    }

    private static bool IsPlain(NalUnitType type) => type is >= NalUnitType.NonIdrSlice and < NalUnitType.StapA;
}

/// <summary>Walks the units of a checked STAP-A.</summary>
public ref struct StapReader
{
    private ReadOnlySpan<byte> rest;

    internal StapReader(ReadOnlySpan<byte> units) => rest = units;

    /// <summary>Reads the next unit.</summary>
    public bool TryRead(out ReadOnlySpan<byte> nal)
    {
        nal = default;
        if (rest.Length < sizeof(ushort)) return false;

        var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (length > rest.Length - sizeof(ushort)) return false;

        nal = rest.Slice(sizeof(ushort), length);
        rest = rest[(sizeof(ushort) + length)..];
        return true;
    }
}
