using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace LiveStream.Media.H264;

/// <summary>A whole coded picture as it came from one RTP stream.</summary>
/// <param name="Timestamp">RTP timestamp, 90 kHz from a random start.</param>
/// <param name="IsKeyFrame">True for an IDR picture.</param>
/// <param name="Parameters">The active parameter sets.</param>
/// <param name="Data">NAL units with 4-byte lengths, in an array of its own.</param>
public sealed record AssembledAccessUnit(uint Timestamp, bool IsKeyFrame, VideoParameters Parameters, ReadOnlyMemory<byte> Data);

/// <summary>
/// Turns the payloads of one RTP stream, in sequence order, into access units (RFC 6184 §5.1: a unit is what shares a
/// timestamp; the marker ends it early). A unit with a missing or broken part is dropped, and with it everything up to the
/// next IDR picture, because pictures in between refer to what is missing. One caller at a time.
/// </summary>
public sealed class AccessUnitAssembler
{
    /// <summary>Largest access unit; a larger one is dropped.</summary>
    public const int MaxAccessUnitSize = 4 * 1024 * 1024;

    private const int NoUnit = -1;

    private readonly ParameterSets parameterSets = new();
    private readonly Queue<AssembledAccessUnit> ready = new(2);
    private byte[] buffer = new byte[16 * 1024];
    private int length;
    private int openFragment = NoUnit;
    private int firstIdrSlice = NoUnit;
    private bool inUnit;
    private bool damaged;
    private uint timestamp;
    private long lastSequence = long.MinValue;

    /// <summary>True while pictures are dropped for want of a key frame: the caller asks the sender for one.</summary>
    public bool WaitingForKeyFrame { get; private set; } = true;

    /// <summary>Access units that were dropped since the start.</summary>
    public long Dropped { get; private set; }

    /// <summary>Takes the next packet; what it completes is then read with <see cref="TryTake"/>.</summary>
    /// <param name="sequence">Extended sequence number; lower ones than before are the caller's mistake.</param>
    /// <param name="rtpTimestamp">RTP timestamp.</param>
    /// <param name="marker">RTP marker bit: last packet of the access unit.</param>
    /// <param name="payload">RTP payload without padding; empty for a padding-only packet.</param>
    /// <returns>Why the payload was refused; the access unit is dropped then.</returns>
    public RtpPayloadError Push(long sequence, uint rtpTimestamp, bool marker, ReadOnlySpan<byte> payload)
    {
        var gap = lastSequence != long.MinValue && sequence != lastSequence + 1;
        lastSequence = sequence;
        if (gap) OnLoss();

        var error = RtpPayload.TryParse(payload, out var view);
        if (error == RtpPayloadError.Empty)
        {
            if (marker && inUnit && rtpTimestamp == timestamp) FinishUnit();
            return error;
        }

        if (inUnit && rtpTimestamp != timestamp) FinishUnit();
        if (!inUnit) BeginUnit(rtpTimestamp, startIsCertain: !gap || StartsPicture(view, error));

        if (error == RtpPayloadError.None) Append(view);
        else damaged = true;

        if (marker) FinishUnit();
        return error;
    }

    /// <summary>Hands out the next finished access unit.</summary>
    public bool TryTake([NotNullWhen(true)] out AssembledAccessUnit? unit) => ready.TryDequeue(out unit);

    /// <summary>Drops everything up to the next key frame, for a caller that could not use a picture.</summary>
    public void RequireKeyFrame() => WaitingForKeyFrame = true;

    private void OnLoss()
    {
        WaitingForKeyFrame = true;
        damaged = inUnit;
    }

    private void BeginUnit(uint rtpTimestamp, bool startIsCertain)
    {
        inUnit = true;
        timestamp = rtpTimestamp;
        length = 0;
        openFragment = firstIdrSlice = NoUnit;
        damaged = !startIsCertain;
    }

    // After a gap a unit is whole only if its first packet can be seen to be the first: parameter sets or a delimiter
    // stand before the picture (§7.4.1.2.3 of H.264), and its first slice holds macroblock 0.
    private static bool StartsPicture(RtpPayload view, RtpPayloadError error)
    {
        if (error != RtpPayloadError.None) return false;

        switch (view.Structure)
        {
            case RtpPayloadStructure.SingleNalUnit:
                return StartsPicture(view.NalUnit);
            case RtpPayloadStructure.StapA:
                var units = view.Aggregated;
                return units.TryRead(out var first) && StartsPicture(first);
            default:
                if (!view.IsFragmentStart) return false;
                Span<byte> head = stackalloc byte[16];
                head[0] = view.FragmentedHeader;
                var copied = Math.Min(head.Length - 1, view.Fragment.Length);
                view.Fragment[..copied].CopyTo(head[1..]);
                return StartsPicture(head[..(copied + 1)]);
        }
    }

    private static bool StartsPicture(ReadOnlySpan<byte> nal) =>
        NalUnit.TypeOf(nal) is NalUnitType.AccessUnitDelimiter or NalUnitType.SequenceParameterSet
        || (SliceHeader.TryParse(nal, out var slice) == H264Error.None && slice.FirstMacroblock == 0);

    private void Append(RtpPayload view)
    {
        switch (view.Structure)
        {
            case RtpPayloadStructure.SingleNalUnit:
                AppendWhole(view.NalUnit);
                break;
            case RtpPayloadStructure.StapA:
                var units = view.Aggregated;
                while (units.TryRead(out var nal)) AppendWhole(nal);
                break;
            case RtpPayloadStructure.FuA:
                AppendFragment(view);
                break;
        }
    }

    private void AppendWhole(ReadOnlySpan<byte> nal)
    {
        if (openFragment != NoUnit) damaged = true;
        var start = length;
        if (damaged || !TryReserve(AvccWriter.LengthSize + nal.Length)) return;

        length += AvccWriter.Write(buffer.AsSpan(length), nal);
        CompleteNal(start);
    }

    private void AppendFragment(RtpPayload view)
    {
        if (view.IsFragmentStart == (openFragment != NoUnit)) damaged = true;
        if (damaged) return;

        if (view.IsFragmentStart)
        {
            if (!TryReserve(AvccWriter.LengthSize + 1)) return;
            openFragment = length;
            length += AvccWriter.LengthSize;
            buffer[length++] = view.FragmentedHeader;
        }

        if (!TryReserve(view.Fragment.Length)) return;
        view.Fragment.CopyTo(buffer.AsSpan(length));
        length += view.Fragment.Length;
        if (!view.IsFragmentEnd) return;

        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(openFragment), length - openFragment - AvccWriter.LengthSize);
        CompleteNal(openFragment);
        openFragment = NoUnit;
    }

    private void CompleteNal(int start)
    {
        var nal = buffer.AsSpan(start + AvccWriter.LengthSize, length - start - AvccWriter.LengthSize);
        var type = NalUnit.TypeOf(nal);
        if (type == NalUnitType.IdrSlice && firstIdrSlice == NoUnit) firstIdrSlice = start;
        if (NalUnit.BelongsInSample(nal)) return;

        if (type is NalUnitType.SequenceParameterSet or NalUnitType.PictureParameterSet) parameterSets.Store(nal);
        length = start;
    }

    private bool TryReserve(int size)
    {
        if (size > MaxAccessUnitSize - length)
        {
            damaged = true;
            return false;
        }

        if (size > buffer.Length - length) Array.Resize(ref buffer, Math.Min(MaxAccessUnitSize, Math.Max(2 * buffer.Length, length + size)));
        return true;
    }

    private void FinishUnit()
    {
        inUnit = false;
        var whole = !damaged && openFragment == NoUnit;
        if (whole && length == 0) return; // parameter sets of their own timestamp, or delimiters only

        var isKeyFrame = whole && firstIdrSlice != NoUnit;
        if (isKeyFrame) WaitingForKeyFrame = !parameterSets.TryActivate(FirstIdrSlice());
        else if (!whole) WaitingForKeyFrame = true;

        if (!whole || WaitingForKeyFrame || parameterSets.Active is not { } active)
        {
            Dropped++;
            return;
        }

        ready.Enqueue(new AssembledAccessUnit(timestamp, isKeyFrame, active, buffer.AsSpan(0, length).ToArray()));
    }

    private ReadOnlySpan<byte> FirstIdrSlice()
    {
        var size = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(firstIdrSlice));
        return buffer.AsSpan(firstIdrSlice + AvccWriter.LengthSize, size);
    }
}
