using LiveStream.Media.H264;

namespace LiveStream.Fuzz.Targets;

/// <summary>
/// H.264 depacketizer and assembler. The input is a row of packets, each <c>flags(1) length(1) payload</c>: flag 1 is the
/// marker, 2 a new timestamp, 4 a lost packet before. What comes out must be whole NAL units of the kinds a sample holds.
/// </summary>
public sealed class H264AccessUnitTarget : IFuzzTarget
{
    public string Name => "H264AccessUnit";

    public void Run(ReadOnlySpan<byte> input)
    {
        var assembler = new AccessUnitAssembler();
        long sequence = 0;
        uint timestamp = 0;
        while (input.Length >= 2)
        {
            var flags = input[0];
            var length = Math.Min(input[1], input.Length - 2);
            var payload = input.Slice(2, length);
            input = input[(2 + length)..];
            sequence += (flags & 4) != 0 ? 2 : 1;
            if ((flags & 2) != 0) timestamp += 3000;

            var error = assembler.Push(sequence, timestamp, (flags & 1) != 0, payload);
            Oracle.Same(Judge(payload.ToArray()), error, "payload error");
            while (assembler.TryTake(out var unit)) Check(unit);
        }
    }

    private static void Check(AssembledAccessUnit unit)
    {
        var reader = new AvccReader(unit.Data.Span);
        var hasIdr = false;
        var count = 0;
        for (; reader.TryRead(out var nal); count++)
        {
            Oracle.Holds(NalUnit.BelongsInSample(nal), "unit belongs in a sample");
            hasIdr |= NalUnit.TypeOf(nal) == NalUnitType.IdrSlice;
        }

        Oracle.Holds(!reader.Truncated && count > 0, "sample is whole");
        Oracle.Same(hasIdr, unit.IsKeyFrame, "key frame");
        Oracle.Same(H264Error.None, SequenceParameterSet.TryParse(unit.Parameters.Sps.Span, out var sps), "active SPS");
        Oracle.Same((sps.Width, sps.Height, sps.Codec), (unit.Parameters.Width, unit.Parameters.Height, unit.Parameters.Codec), "parameters");
    }

    private static RtpPayloadError Judge(byte[] payload)
    {
        if (payload.Length == 0) return RtpPayloadError.Empty;
        if (payload[0] >= 128) return RtpPayloadError.Unsupported;

        var type = payload[0] % 32;
        if (type is >= 1 and <= 23) return RtpPayloadError.None;
        if (type == 28)
        {
            if (payload.Length < 3) return RtpPayloadError.Truncated;
            return payload[1] / 64 == 3 || payload[1] % 32 is 0 or > 23 ? RtpPayloadError.BadFragment : RtpPayloadError.None;
        }

        if (type != 24) return RtpPayloadError.Unsupported;
        if (payload.Length == 1) return RtpPayloadError.Truncated;
        for (var at = 1; at < payload.Length;)
        {
            if (at + 2 > payload.Length) return RtpPayloadError.Truncated;
            var size = (256 * payload[at]) + payload[at + 1];
            at += 2;
            if (size == 0 || at + size > payload.Length) return RtpPayloadError.Truncated;
            if (payload[at] >= 128 || payload[at] % 32 is 0 or > 23) return RtpPayloadError.Unsupported;
            at += size;
        }

        return RtpPayloadError.None;
    }
}
