using LiveStream.Media;

namespace LiveStream.HlsPackager.Cmaf;

/// <summary>
/// The sound on its way into segments: cut at the frame nearest to each border of the lead. From its first frame on the
/// rendition has no holes: what is missing or too late is silence, what overlaps is dropped, and smaller deviations than
/// half a frame (11 ms) are smoothed over.
/// </summary>
internal sealed class AudioTrack(RenditionWriter writer, SegmentBorders borders, SegmenterOptions options)
{
    private const long Timescale = InitSegment.AudioTimescale;
    private const uint FrameLength = 1024;
    private const long HalfFrame = FrameLength / 2;
    private const int MaxWaiting = 1500;

    private readonly long lateness = options.AudioLateness.Ticks * Timescale / TimeSpan.TicksPerSecond;
    private readonly Queue<AacFrame> waiting = new();
    private byte[] silence = [];
    private AacParameters? parameters;

    public RenditionWriter Writer => writer;

    /// <summary>True when the frames to come need another header than those before.</summary>
    public bool Changes(AacParameters next) => parameters is not null && parameters != next;

    public void Enqueue(AacParameters next, AacFrame frame)
    {
        if (parameters is null || Changes(next))
        {
            parameters = next;
            silence = SilentAac.Frame(next.Channels);
            writer.UseInit(number => new InitHeader(number, InitSegment.ForAudio(next), null, next));
        }

        if (waiting.Count >= MaxWaiting) waiting.Dequeue();
        waiting.Enqueue(frame);
    }

    /// <summary>Takes queued frames as far as the lead has decided.</summary>
    public void Follow()
    {
        if (parameters is null || borders.Horizon == long.MinValue) return;
        var horizon = ToAudio(borders.Horizon);
        while (waiting.TryPeek(out var frame) && frame.Time + HalfFrame < horizon)
        {
            waiting.Dequeue();
            if (!writer.IsOpen && !TryOpen(frame.Time)) continue;
            while (frame.Time - writer.End >= HalfFrame) Put(silence);
            if (frame.Time - writer.End >= -HalfFrame) Put(frame.Data);
        }

        FillTo(horizon - lateness);
    }

    /// <summary>Ends the segment where the lead's ends.</summary>
    public void Stop()
    {
        if (!writer.HasBegun) return;
        FillTo(ToAudio(borders.Horizon));
        if (writer.IsOpen) writer.Close();
        // A segment shorter than half a frame holds no sound.
        while (borders.Find(writer.LastNumber + 1) is { } border && borders.EndOf(border.Number) is { } end) writer.Gap(border, end);
    }

    private void FillTo(long time)
    {
        if (!writer.IsOpen && !(writer.HasBegun && TryOpen(time))) return;
        while (time - writer.End >= HalfFrame) Put(silence);
    }

    // Opens the next segment, or at first the one that the time lies in, as near to its border as whole frames allow.
    private bool TryOpen(long time)
    {
        var next = writer.HasBegun ? borders.Find(writer.LastNumber + 1) : borders.AtOrBefore(ToVideo(time + HalfFrame));
        if (next is not { } border) return false;
        if (!writer.HasBegun && !borders.IsRecent(border)) return false;
        var late = time - ToAudio(border.Time);
        if (late < -HalfFrame) return false;
        var start = time - (late + HalfFrame) / FrameLength * FrameLength;
        writer.Open(border, Math.Max(start, writer.End), independent: true);
        return true;
    }

    private void Put(ReadOnlyMemory<byte> data)
    {
        var time = writer.End;
        if (borders.Find(writer.LastNumber + 1) is { } border && time >= ToAudio(border.Time) - HalfFrame)
        {
            writer.Close();
            writer.Open(border, time, independent: true);
        }
        else
        {
            writer.ClosePartIfFull(FrameLength);
        }

        writer.Append(new CodedFrame(time, FrameLength, IsSync: true, data));
    }

    // 90 000 : 48 000 = 15 : 8.
    private static long ToAudio(long video) => video * 8 / 15;

    private static long ToVideo(long audio) => audio * 15 / 8;
}
