using LiveStream.Media;

namespace LiveStream.HlsPackager.Cmaf;

/// <summary>
/// One video layer on its way into segments: as the lead it sets the borders, otherwise it cuts at its own key frames nearest to them.
/// A picture's duration is known when the next one arrives, so one picture is always held back.
/// </summary>
internal sealed class VideoTrack(RenditionWriter writer, SegmentBorders borders, SegmenterOptions options, ISegmentSink sink)
{
    private const uint Timescale = InitSegment.VideoTimescale;
    private const long ShortestFrame = Timescale / 1000;
    private const uint FirstEstimate = Timescale / 30;
    private const int MaxWaiting = 600;

    private readonly long target = Ticks(options.SegmentTarget);
    private readonly long limit = Ticks(options.SegmentTarget + SegmenterOptions.Overrun);
    private readonly long layerLimit = Ticks(options.SegmentTarget + SegmenterOptions.Overrun + SegmenterOptions.BorderWindow);
    private readonly long window = Ticks(SegmenterOptions.BorderWindow);
    private readonly long longestFrame = Ticks(options.LongestFrame < options.SegmentTarget ? options.LongestFrame : options.SegmentTarget);
    private readonly Queue<VideoAccessUnit> waiting = new();
    private VideoAccessUnit? held;
    private VideoParameters? parameters;
    private long heldTime;
    private uint estimate = FirstEstimate;
    private long askedAt = -1;
    private long answerTime = Timescale / 10;

    public RenditionWriter Writer => writer;

    /// <summary>Pictures flow: a segment is open.</summary>
    public bool IsRunning => held is not null;

    /// <summary>End of the held picture as far as it can be told.</summary>
    public long EstimatedEnd => heldTime + estimate;

    /// <summary>The next key frame shall be a border however young the segment is.</summary>
    public bool WantsBorder { get; set; }

    /// <summary>True when <paramref name="unit"/> comes so late that the timeline has to break before it.</summary>
    public bool IsStalledAt(VideoAccessUnit unit) => held is not null && unit.Time - heldTime > longestFrame;

    /// <summary>Takes the lead's next picture. A layer that is not running starts at a key frame.</summary>
    /// <returns>False when the picture cannot be used.</returns>
    public bool Lead(VideoAccessUnit unit, bool discontinuity)
    {
        if (held is null)
        {
            if (!unit.IsKeyFrame) return false;
            // Nothing may begin before the end of what is already written.
            var start = Math.Max(Math.Max(unit.Time, borders.Horizon), writer.End);
            FillGaps(borders.NextNumber);
            Begin(borders.Add(start, discontinuity), unit, start);
            borders.Horizon = start;
            return true;
        }

        var time = Math.Max(unit.Time, heldTime + ShortestFrame);
        var duration = (uint)(time - heldTime);
        if (time - writer.Start > limit && heldTime > writer.Start)
        {
            // The held picture stands so long that the segment cannot hold it.
            writer.Close();
            writer.Open(borders.Add(heldTime, false), heldTime, held.IsKeyFrame);
        }

        Append(duration);
        if (CutsAt(unit, time - writer.Start, duration))
        {
            if (unit.IsKeyFrame && askedAt >= 0) answerTime = (answerTime * 3 + Math.Min(time - askedAt, target / 4)) / 4;
            writer.Close();
            Begin(borders.Add(time, discontinuity: ChangesCodec(unit)), unit, time);
        }
        else
        {
            writer.ClosePartIfFull(duration);
            Hold(unit, time, duration);
            if (askedAt < 0 && (!writer.IsIndependent || time - writer.Start >= target - answerTime)) AskForKeyFrame(time);
        }

        borders.Horizon = heldTime;
        return true;
    }

    /// <summary>Queues a picture of a layer that does not lead.</summary>
    public void Enqueue(VideoAccessUnit unit)
    {
        if (waiting.Count >= MaxWaiting) waiting.Dequeue();
        waiting.Enqueue(unit);
    }

    /// <summary>Takes queued pictures as far as the lead has decided; <paramref name="last"/> waits for no further decision.</summary>
    public void Follow(bool last)
    {
        while (waiting.TryPeek(out var unit) && unit.Time < borders.Horizon)
        {
            if (!(held is null ? TryJoin(unit, last) : TryFollow(unit, last))) return;
            waiting.Dequeue();
        }
    }

    /// <summary>Forgets the queued pictures.</summary>
    public void Forget() => waiting.Clear();

    /// <summary>True when no picture waits and the segment being written ended <paramref name="segments"/> segments ago.</summary>
    public bool HasStarved(long segments) =>
        held is not null && waiting.Count == 0 && writer.LastNumber + segments < borders.NextNumber - 1;

    /// <summary>Ends the segment with the held picture's estimated duration.</summary>
    public void Stop()
    {
        if (held is null) return;
        if (heldTime + estimate - writer.Start > layerLimit && heldTime > writer.Start) estimate = (uint)ShortestFrame;
        Append(estimate);
        writer.Close();
        held = null;
    }

    /// <summary>Fills the numbers that passed without media.</summary>
    public void FillGaps(long before)
    {
        while (writer.HasBegun && held is null && writer.LastNumber + 1 < before
            && borders.Find(writer.LastNumber + 1) is { } from && borders.EndOf(from.Number) is { } end)
        {
            writer.Gap(from, end);
        }
    }

    // True: the picture is used up (or useless). False: it waits for the lead.
    private bool TryJoin(VideoAccessUnit unit, bool last)
    {
        if (!unit.IsKeyFrame) return true;
        if (borders.Near(unit.Time, window, writer.LastNumber) is not { } border) return last || borders.Horizon > unit.Time + window;
        FillGaps(border.Number);
        Begin(border, unit, Math.Max(unit.Time, writer.End));
        return true;
    }

    private bool TryFollow(VideoAccessUnit unit, bool last)
    {
        if (IsStalledAt(unit))
        {
            Stop();
            return TryJoin(unit, last);
        }

        var time = Math.Max(unit.Time, heldTime + ShortestFrame);
        var duration = (uint)(time - heldTime);
        var elapsed = time - writer.Start;
        if (borders.Find(writer.LastNumber + 1) is not { } border)
        {
            var newParameters = unit.IsKeyFrame && unit.Parameters != parameters;
            var mayBeBorder = newParameters || (unit.IsKeyFrame && elapsed >= target - 2 * window);
            if (!last && mayBeBorder && borders.Horizon <= time + window) return false;
            if (newParameters)
            {
                // A new header needs a border: ask the lead for one and join there.
                Stop();
                WantsBorder = true;
                return true;
            }

            Append(duration);
            writer.ClosePartIfFull(duration);
            Hold(unit, time, duration);
            return true;
        }

        if (elapsed > layerLimit && heldTime > writer.Start)
        {
            writer.Close();
            writer.Open(border, heldTime, held!.IsKeyFrame);
            Append(duration);
            Hold(unit, time, duration);
            return true;
        }

        Append(duration);
        if ((unit.IsKeyFrame && time >= border.Time - window) || time >= border.Time + window || elapsed + duration > layerLimit)
        {
            writer.Close();
            Begin(border, unit, time);
        }
        else
        {
            writer.ClosePartIfFull(duration);
            Hold(unit, time, duration);
        }

        return true;
    }

    private bool CutsAt(VideoAccessUnit unit, long elapsed, uint duration)
    {
        if (elapsed + duration > limit) return true;
        if (!unit.IsKeyFrame) return false;
        if (unit.Parameters != parameters || !writer.IsIndependent) return true;
        if (elapsed >= target / 2 && (askedAt >= 0 || WantsBorder)) return true;
        return elapsed >= target - duration / 2;
    }

    // A change that a decoder has to be set up anew for; another picture size alone comes with its header.
    private bool ChangesCodec(VideoAccessUnit unit) =>
        unit.IsKeyFrame && parameters is not null && unit.Parameters.Codec != parameters.Codec;

    private void Begin(in Border border, VideoAccessUnit unit, long time)
    {
        if (unit.IsKeyFrame && unit.Parameters != parameters)
        {
            parameters = unit.Parameters;
            writer.UseInit(number => new InitHeader(number, InitSegment.ForVideo(unit.Parameters), unit.Parameters, null));
        }

        WantsBorder = false;
        askedAt = -1;
        writer.Open(border, time, unit.IsKeyFrame);
        Hold(unit, time, estimate);
    }

    private void Append(uint duration) =>
        writer.Append(new CodedFrame(heldTime, duration, held!.IsKeyFrame, held.Data));

    private void Hold(VideoAccessUnit unit, long time, uint duration)
    {
        held = unit;
        heldTime = time;
        estimate = duration;
    }

    private void AskForKeyFrame(long time)
    {
        askedAt = time;
        sink.OnKeyFrameWanted();
    }

    private static long Ticks(TimeSpan time) => time.Ticks * Timescale / TimeSpan.TicksPerSecond;
}
