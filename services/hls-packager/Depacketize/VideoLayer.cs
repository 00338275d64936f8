using LiveStream.HlsPackager.Ingest;
using LiveStream.Media;
using LiveStream.Media.H264;
using LiveStream.Wire.Rtp;

namespace LiveStream.HlsPackager.Depacketize;

/// <summary>One simulcast layer of an H.264 track: packets in, timed access units out. Pure; one caller at a time.</summary>
internal sealed class VideoLayer : IDisposable
{
    private readonly byte payloadType;
    private readonly JitterBuffer jitter;
    private readonly AccessUnitAssembler assembler = new();
    private long lastTime;

    /// <summary>Makes an empty layer.</summary>
    /// <param name="rid">Restriction identifier, empty without simulcast.</param>
    /// <param name="ssrc">SSRC in the export.</param>
    /// <param name="payloadType">Payload type of H.264; packets of another one only count in the sequence.</param>
    /// <param name="clock">Clock of the publisher.</param>
    /// <param name="jitterWait">How long a hole is waited for.</param>
    /// <param name="after">Access units come out later than this time, in 90 kHz ticks.</param>
    public VideoLayer(string rid, uint ssrc, byte payloadType, PublisherClock clock, TimeSpan jitterWait, long after)
    {
        Rid = rid;
        Ssrc = ssrc;
        this.payloadType = payloadType;
        jitter = new JitterBuffer(jitterWait);
        Clock = new ClockMapping(clock, VideoTime.ClockRate);
        lastTime = after;
    }

    /// <summary>Restriction identifier, empty without simulcast.</summary>
    public string Rid { get; }

    /// <summary>SSRC in the export.</summary>
    public uint Ssrc { get; }

    /// <summary>Clock of the layer, which takes its sender reports.</summary>
    public ClockMapping Clock { get; }

    /// <summary>True while pictures are dropped for want of a key frame, though packets come.</summary>
    public bool WantsKeyFrame => HasMedia && assembler.WaitingForKeyFrame;

    /// <summary>True once a packet has come: an unused simulcast layer is not asked for key frames.</summary>
    public bool HasMedia { get; private set; }

    /// <summary>Time of the last access unit handed out.</summary>
    public long LastTime => lastTime;

    /// <summary>When the next key frame may be asked for; kept here for the caller.</summary>
    public TimeSpan NextKeyFrameRequest { get; set; }

    /// <summary>Takes a packet of this layer.</summary>
    public void OnPacket(in RtpPacketView view, ReadOnlySpan<byte> packet, TimeSpan arrival)
    {
        HasMedia = true;
        if (!view.Payload.IsEmpty) Clock.Observe(view.Timestamp, arrival);
        jitter.Insert(view.SequenceNumber, packet, arrival);
    }

    /// <summary>Hands out the next access unit that is whole and due.</summary>
    public bool TryTake(TimeSpan now, out VideoAccessUnit? unit)
    {
        AssembledAccessUnit? assembled;
        while (!assembler.TryTake(out assembled))
        {
            if (!jitter.TryTake(now, out var next))
            {
                unit = null;
                return false;
            }

            if (RtpPacketView.TryParse(next.Packet.Span, out var view) != RtpError.None) continue;
            var payload = view.PayloadType == payloadType ? view.Payload : default;
            assembler.Push(next.Sequence, view.Timestamp, view.Marker, payload);
        }

        lastTime = Math.Max(VideoTime.FromTimeSpan(Clock.Map(assembled.Timestamp)), lastTime + 1);
        unit = new VideoAccessUnit(lastTime, assembled.IsKeyFrame, assembled.Parameters, assembled.Data);
        return true;
    }

    /// <summary>Drops pictures up to the next key frame, because one could not be handed on.</summary>
    public void RequireKeyFrame() => assembler.RequireKeyFrame();

    /// <inheritdoc/>
    public void Dispose() => jitter.Dispose();
}

/// <summary>The 90 kHz clock of video samples.</summary>
internal static class VideoTime
{
    /// <summary>Ticks in a second (RFC 6184 §8.2.1).</summary>
    public const int ClockRate = 90_000;

    /// <summary>Nearest tick.</summary>
    public static long FromTimeSpan(TimeSpan time) => (long)Math.Round(time.Ticks * (decimal)ClockRate / TimeSpan.TicksPerSecond);
}
