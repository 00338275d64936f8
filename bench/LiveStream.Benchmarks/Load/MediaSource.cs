namespace LiveStream.Benchmarks.Load;

/// <summary>How a frame's packets leave the publisher.</summary>
internal enum FrameShape
{
    /// <summary>Evenly over 40 % of the frame interval, as a pacing browser sends.</summary>
    Spread,

    /// <summary>All at once.</summary>
    Burst,
}

/// <summary>One RTP payload to send.</summary>
/// <param name="Due">When it leaves.</param>
/// <param name="Timestamp">RTP timestamp.</param>
/// <param name="Marker">Last packet of a frame.</param>
/// <param name="Size">Payload bytes.</param>
/// <param name="Kind">What stands in it.</param>
internal readonly record struct MediaPacket(TimeSpan Due, uint Timestamp, bool Marker, int Size, MediaPacketKind Kind);

/// <summary>Which H.264 RTP payload structure a packet has (RFC 6184 §5.6).</summary>
internal enum MediaPacketKind
{
    Audio,
    ParameterSets,
    KeyFrameStart,
    KeyFrameMiddle,
    KeyFrameEnd,
    FrameStart,
    FrameMiddle,
    FrameEnd,
}

/// <summary>
/// 1.5 Mbit/s of H.264-like video at 30 frames a second: frames of about 6250 bytes, ±10 %, cut into packets that differ by
/// at most one byte, small ones first, as Chromium cuts them; and a key frame of four times the size on request.
/// </summary>
internal sealed class VideoSource(FrameShape shape, int seed)
{
    /// <summary>Frames per second.</summary>
    public const int FrameRate = 30;

    private const int BitsPerSecond = 1_500_000, MaxPayload = 1150, KeyFrameFactor = 4;
    private const double SpreadShare = 0.4;
    private const uint ClockRate = 90_000;
    private static readonly TimeSpan FrameInterval = TimeSpan.FromSeconds(1) / FrameRate;

    private readonly Random _random = new(seed);
    private readonly Queue<MediaPacket> _packets = new();
    private TimeSpan _nextFrame;
    private uint _timestamp = 1;
    private bool _keyFrame = true;

    /// <summary>When the next packet is due.</summary>
    public TimeSpan NextDue => _packets.TryPeek(out var packet) ? packet.Due : _nextFrame;

    /// <summary>Key frames made.</summary>
    public int KeyFrames { get; private set; }

    public void Start(TimeSpan now) => _nextFrame = now;

    /// <summary>The next frame becomes a key frame.</summary>
    public void RequestKeyFrame() => _keyFrame = true;

    public bool TryTake(TimeSpan now, out MediaPacket packet)
    {
        if (_packets.Count == 0 && now >= _nextFrame) MakeFrame();
        if (_packets.TryPeek(out packet) && packet.Due <= now) return _packets.TryDequeue(out packet);
        packet = default;
        return false;
    }

    private void MakeFrame()
    {
        var size = (int)(BitsPerSecond / 8 / FrameRate * (0.9 + 0.2 * _random.NextDouble()));
        if (_keyFrame) size *= KeyFrameFactor;
        var count = (size + MaxPayload - 1) / MaxPayload;
        // Pacing stands for the time the frame takes at 2.5 times the bitrate; a larger frame takes no longer here.
        var step = shape == FrameShape.Spread ? FrameInterval * SpreadShare / (count - 1) : TimeSpan.Zero;
        if (_keyFrame) _packets.Enqueue(new MediaPacket(_nextFrame, _timestamp, false, 0, MediaPacketKind.ParameterSets));
        var smaller = count - size % count;
        for (var i = 0; i < count; i++)
        {
            var kind = (_keyFrame, i) switch
            {
                (true, 0) => MediaPacketKind.KeyFrameStart,
                (false, 0) => MediaPacketKind.FrameStart,
                (true, _) => i == count - 1 ? MediaPacketKind.KeyFrameEnd : MediaPacketKind.KeyFrameMiddle,
                (false, _) => i == count - 1 ? MediaPacketKind.FrameEnd : MediaPacketKind.FrameMiddle,
            };
            _packets.Enqueue(new MediaPacket(
                _nextFrame + step * i, _timestamp, i == count - 1, size / count + (i < smaller ? 0 : 1), kind));
        }
        if (_keyFrame) KeyFrames++;
        _keyFrame = false;
        _nextFrame += FrameInterval;
        _timestamp += ClockRate / FrameRate;
    }
}

/// <summary>Opus as browsers send it: 50 packets a second of about 32 kbit/s.</summary>
internal sealed class AudioSource
{
    private const int PayloadSize = 80;
    private const uint SamplesPerPacket = 960;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private uint _timestamp = 1;

    public TimeSpan NextDue { get; private set; }

    public void Start(TimeSpan now) => NextDue = now + Interval / 3;

    public bool TryTake(TimeSpan now, out MediaPacket packet)
    {
        packet = new MediaPacket(NextDue, _timestamp, false, PayloadSize, MediaPacketKind.Audio);
        if (now < NextDue) return false;
        NextDue += Interval;
        _timestamp += SamplesPerPacket;
        return true;
    }
}
