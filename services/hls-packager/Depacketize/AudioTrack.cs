using LiveStream.HlsPackager.Ingest;
using LiveStream.Media.Opus;
using LiveStream.Wire.Rtp;

namespace LiveStream.HlsPackager.Depacketize;

/// <summary>An Opus track: packets in, timed Opus packets out. Pure; one caller at a time.</summary>
internal sealed class AudioTrack : IDisposable
{
    private readonly byte payloadType;
    private readonly JitterBuffer jitter;

    /// <summary>Makes an empty track; for the parameters see <see cref="VideoLayer"/>.</summary>
    public AudioTrack(string trackId, uint ssrc, byte payloadType, PublisherClock clock, TimeSpan jitterWait)
    {
        TrackId = trackId;
        Ssrc = ssrc;
        this.payloadType = payloadType;
        jitter = new JitterBuffer(jitterWait, maxBytes: 256 * 1024);
        Clock = new ClockMapping(clock, OpusPacket.ClockRate);
    }

    /// <summary>The published track.</summary>
    public string TrackId { get; }

    /// <summary>SSRC in the export.</summary>
    public uint Ssrc { get; }

    /// <summary>Clock of the track, which takes its sender reports.</summary>
    public ClockMapping Clock { get; }

    /// <summary>Takes a packet of this track.</summary>
    public void OnPacket(in RtpPacketView view, ReadOnlySpan<byte> packet, TimeSpan arrival)
    {
        if (view.PayloadType != payloadType || view.Payload.IsEmpty) return;

        Clock.Observe(view.Timestamp, arrival);
        jitter.Insert(view.SequenceNumber, packet, arrival);
    }

    /// <summary>
    /// Hands out the next packet that is due, with its time in 48 kHz ticks. Its bytes are valid until the next call.
    /// </summary>
    public bool TryTake(TimeSpan now, out long time, out ReadOnlyMemory<byte> opus)
    {
        while (jitter.TryTake(now, out var next))
        {
            if (RtpPacketView.TryParse(next.Packet.Span, out var view) != RtpError.None) continue;

            time = (long)Math.Round(Clock.Map(view.Timestamp).Ticks * (decimal)OpusPacket.ClockRate / TimeSpan.TicksPerSecond);
            opus = next.Packet.Slice(view.HeaderLength, view.Payload.Length);
            return true;
        }

        (time, opus) = (0, default);
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => jitter.Dispose();
}
