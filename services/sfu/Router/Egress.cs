using LiveStream.Sfu.Interop;
using LiveStream.Sfu.Router.Bandwidth;
using LiveStream.Wire.Rtcp;

namespace LiveStream.Sfu.Router;

/// <summary>The receiving side of one peer: its subscriptions, the path to it, and what that path carries. Owned by the room's worker thread.</summary>
internal sealed class Egress(IPacketSink sink)
{
    /// <summary>Depths of <see cref="Approach"/>.</summary>
    public const int Depths = 4;

    private bool _takesTransportNumbers;

    public IPacketSink Sink { get; } = sink;

    public SendSideEstimator Estimator { get; } = new();

    /// <summary>Video first. An array, because it is walked some thousand times a second in a large room.</summary>
    public Subscription[] Subscriptions { get; private set; } = [];

    /// <summary>False until keys are there: packets for it are not even made.</summary>
    public bool IsConnected { get; set; }

    /// <summary>From the subscriber's receiver reports (RFC 3550 §6.4.1), microseconds.</summary>
    public long RoundTrip { get; private set; } = 50_000;

    /// <summary>How well the path does, from what the subscriber reports.</summary>
    public PathQuality Quality { get; } = new();

    /// <summary>
    /// True while some subscription has layers to choose from. Only then do packets carry what the peer's estimate, and its feedback
    /// for ours, are made from: without that it sends none, and decides as little as it would.
    /// </summary>
    public bool IsAdaptive { get; private set; }

    public void Add(Subscription subscription)
    {
        Subscriptions = [.. Subscriptions.Append(subscription).OrderByDescending(other => other.Format.Kind)];
        _takesTransportNumbers |= subscription.Format.Extensions.TransportSequence != 0;
    }

    public void Remove(Subscription subscription) => Subscriptions = [.. Subscriptions.Where(other => other != subscription)];

    /// <summary>The subscription that sends an SSRC, of media or of retransmission.</summary>
    public Subscription? Find(uint ssrc)
    {
        foreach (var subscription in Subscriptions)
            if (subscription.Ssrc == ssrc || subscription.RtxSsrc == ssrc) return subscription;
        return null;
    }

    /// <summary>
    /// Fetches what sending to the peer reads into the processor's cache, a depth at a time, while packets for others are made:
    /// depth 0 reads this object, each further one what the one before it fetched.
    /// </summary>
    public void Approach(int depth)
    {
        if (depth > 0) Sink.Approach(depth);
        switch (depth)
        {
            case 0:
                CacheLines.FetchLarge(Sink);
                CacheLines.Fetch(Subscriptions);
                if (IsAdaptive) CacheLines.Fetch(Estimator);
                break;
            case 1:
                foreach (var subscription in Subscriptions) CacheLines.FetchLarge(subscription);
                break;
            default:
                foreach (var subscription in Subscriptions) subscription.Approach(depth);
                break;
        }
    }

    /// <summary>
    /// Takes the peer's own estimate (REMB), where it decides something; not of one that gives transport-wide feedback, whose
    /// own estimate is of packets that came without numbers, before there were layers.
    /// </summary>
    public void OnRemoteEstimate(ulong bitsPerSecond)
    {
        if (IsAdaptive && !_takesTransportNumbers) Estimator.OnRemoteEstimate(bitsPerSecond);
    }

    public void OnReportBlock(in ReportBlock block, long unixMicroseconds)
    {
        Quality.OnReport(block.FractionLost);
        if (block.LastSenderReport == 0) return;
        // All three are 16.16 seconds of the NTP clock's middle bits; the difference wraps.
        var now = (uint)(NtpTime.FromUnixMicroseconds(unixMicroseconds) >> 16);
        var roundTrip = unchecked(now - block.LastSenderReport - block.DelaySinceLastSenderReport);
        if (roundTrip < 10 * 65536) RoundTrip = Math.Max(1000, roundTrip * 1_000_000L / 65536);
    }

    /// <summary>Chooses layers within the estimate, audio first; called some times a second.</summary>
    public void AllocateLayers(long nowMicroseconds)
    {
        var budget = Estimator.Bitrate;
        var adaptive = false;
        foreach (var subscription in Subscriptions)
        {
            if (subscription.Track is not { } track) continue;
            if (!track.IsVideo) budget -= track.Layers[0].Bitrate;
            else adaptive |= track.Layers.Length > 1;
        }

        IsAdaptive = adaptive;
        foreach (var subscription in Subscriptions)
            if (subscription.Track is { IsVideo: true }) budget -= subscription.ChooseLayer(budget, nowMicroseconds);
    }
}
