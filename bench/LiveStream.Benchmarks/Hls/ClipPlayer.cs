namespace LiveStream.Benchmarks.Hls;

/// <summary>A payload to send.</summary>
/// <param name="Due">When it leaves.</param>
/// <param name="Captured">Capture time of its picture, or of its first audio sample.</param>
/// <param name="Timestamp">RTP timestamp.</param>
/// <param name="Marker">Last packet of a picture.</param>
/// <param name="Payload">RTP payload.</param>
internal readonly record struct ClipPacket(TimeSpan Due, TimeSpan Captured, uint Timestamp, bool Marker, byte[] Payload);

/// <summary>
/// The clip's pictures over and over with timestamps that go on, each picture's packets spread over 40 % of the frame
/// interval as a pacing browser sends them. A request for a key frame cuts to the clip's next one.
/// </summary>
internal sealed class ClipVideo(IReadOnlyList<ClipFrame> frames)
{
    private const double SpreadShare = 0.4;
    private const uint ClockRate = 90_000;
    private static readonly TimeSpan FrameInterval = TimeSpan.FromSeconds(1) / Clip.FrameRate;

    private readonly Queue<ClipPacket> _packets = new();
    private TimeSpan _start;
    private long _count;
    private int _next;
    private bool _cut;

    /// <summary>When the next packet is due.</summary>
    public TimeSpan NextDue => _packets.TryPeek(out var packet) ? packet.Due : NextCapture;

    /// <summary>Key frames sent.</summary>
    public int KeyFrames { get; private set; }

    private TimeSpan NextCapture => _start + TimeSpan.FromTicks(_count * TimeSpan.TicksPerSecond / Clip.FrameRate);

    public void Start(TimeSpan now) => _start = now;

    /// <summary>The next picture becomes a key frame.</summary>
    public void RequestKeyFrame() => _cut = true;

    public bool TryTake(TimeSpan now, out ClipPacket packet)
    {
        if (_packets.Count == 0 && now >= NextCapture) QueueFrame();
        if (_packets.TryPeek(out packet) && packet.Due <= now) return _packets.TryDequeue(out packet);
        packet = default;
        return false;
    }

    private void QueueFrame()
    {
        while (_cut && !frames[_next].IsKeyFrame) _next = (_next + 1) % frames.Count;
        _cut = false;
        var frame = frames[_next];
        _next = (_next + 1) % frames.Count;
        var (captured, timestamp) = (NextCapture, (uint)(_count * ClockRate / Clip.FrameRate));
        IReadOnlyList<byte[]> payloads = frame.IsKeyFrame ? [frame.Payloads[0], CaptureMark.Write(captured), .. frame.Payloads.Skip(1)] : frame.Payloads;
        var step = FrameInterval * SpreadShare / Math.Max(1, payloads.Count - 1);
        for (var i = 0; i < payloads.Count; i++)
            _packets.Enqueue(new ClipPacket(captured + step * i, captured, timestamp, i == payloads.Count - 1, payloads[i]));
        if (frame.IsKeyFrame) KeyFrames++;
        _count++;
    }
}

/// <summary>The clip's Opus packets of 20 ms over and over, each sent when its last sample has been captured.</summary>
internal sealed class ClipAudio(IReadOnlyList<byte[]> packets)
{
    private const uint SamplesPerPacket = 960;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private TimeSpan _start;
    private long _count;

    public TimeSpan NextDue => _start + Interval * (_count + 1);

    public void Start(TimeSpan now) => _start = now;

    public bool TryTake(TimeSpan now, out ClipPacket packet)
    {
        packet = default;
        if (now < NextDue) return false;
        packet = new ClipPacket(
            NextDue, NextDue - Interval, (uint)_count * SamplesPerPacket, Marker: false, packets[(int)(_count % packets.Count)]);
        _count++;
        return true;
    }
}
