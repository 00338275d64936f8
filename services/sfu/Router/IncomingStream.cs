using LiveStream.Sfu.Router.Codecs;
using LiveStream.Sfu.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Sfu.Router;

/// <summary>
/// One RTP stream of a publisher: a track, or one simulcast layer of it. Holds the packet cache, and the state of
/// reception (reports, retransmission requests, key frame requests). Small until its first packet. Owned by the room's worker thread.
/// </summary>
internal sealed class IncomingStream : IDisposable
{
    private const int VideoCachePackets = 1024, AudioCachePackets = 128, MaximumPending = 64;
    private const long BitrateWindowMicroseconds = 500_000;

    private long[] _pending = [];
    private SequenceUnwrapper _unwrapper;
    private long _windowStart;
    private long _windowBytes;
    private bool _unwrapped;

    public IncomingStream(PublishedTrack track, int layer, string rid, uint exportSsrc)
    {
        Track = track;
        Layer = layer;
        Rid = rid;
        ExportSsrc = exportSsrc;
        Cache = new PacketCache(track.IsVideo ? VideoCachePackets : AudioCachePackets);
        Statistics = new ReceptionStatistics(track.ClockRate);
    }

    public PublishedTrack Track { get; }

    /// <summary>Index among the track's layers, 0 the lowest.</summary>
    public int Layer { get; }

    public string Rid { get; }

    /// <summary>The room that its packets wait for; set with the first of them.</summary>
    public RoomRouter? Room { get; set; }

    /// <summary>SSRC at the publisher; 0 until the first packet shows it.</summary>
    public uint Ssrc { get; set; }

    public uint ExportSsrc { get; }

    public PacketCache Cache { get; }

    public ReceptionStatistics Statistics { get; }

    public NackGenerator Nacks { get; } = new();

    public KeyFrameRequests KeyFrames { get; } = new();

    /// <summary>Highest extended sequence number so far.</summary>
    public long HighestSequenceNumber { get; private set; }

    /// <summary>Bits per second over the last half second.</summary>
    public long Bitrate { get; private set; }

    /// <summary>Arrival of the newest packet in microseconds; 0 before the first.</summary>
    public long LastPacketAt { get; private set; }

    /// <summary>Packets stored since the last <see cref="ClearPending"/>, in order of arrival.</summary>
    public ReadOnlySpan<long> Pending => _pending.AsSpan(0, PendingCount);

    public int PendingCount { get; private set; }

    public bool PendingFull => PendingCount == MaximumPending;

    /// <summary>True while the layer sends: a publisher short of bandwidth switches upper layers off.</summary>
    public bool IsActive(long nowMicroseconds) => LastPacketAt != 0 && nowMicroseconds - LastPacketAt < 1_500_000;

    /// <summary>
    /// Takes one decrypted packet. <paramref name="payload"/> has no padding; empty means a padding-only packet.
    /// False: a duplicate, or too old.
    /// </summary>
    /// <param name="facts">What the header says; completed here.</param>
    /// <param name="sequenceNumber">Of the original where it was sent again.</param>
    /// <param name="payload">Its bytes.</param>
    /// <param name="retransmitted">It came by RTX.</param>
    /// <param name="arrivedAt">When the machine received it, for the jitter that the publisher is told.</param>
    /// <param name="nowMicroseconds">The worker's time.</param>
    public bool Accept(ref PacketFacts facts, ushort sequenceNumber, ReadOnlySpan<byte> payload, bool retransmitted, long arrivedAt, long nowMicroseconds)
    {
        // A retransmission of before the first packet would set the origin of the counting.
        if (retransmitted && !_unwrapped) return false;
        var extended = _unwrapper.Unwrap(sequenceNumber);
        _unwrapped = true;
        if (extended < 0) return false;
        facts.SequenceNumber = extended;
        facts.StartsKeyFrame = !payload.IsEmpty && CodecFacts.StartsKeyFrame(Track.Codec, payload);
        if (!Cache.TryStore(facts, payload)) return false;
        HighestSequenceNumber = Math.Max(HighestSequenceNumber, extended);

        if (!retransmitted) Statistics.OnPacket(extended, facts.Timestamp, arrivedAt);
        if (Track.IsVideo)
        {
            if (!Nacks.OnPacket(extended, nowMicroseconds)) KeyFrames.Request();
            if (facts.StartsKeyFrame) KeyFrames.OnKeyFrame();
        }

        Measure(payload.Length, nowMicroseconds);
        if (_pending.Length == 0) _pending = new long[MaximumPending];
        _pending[PendingCount++] = extended;
        return true;
    }

    public void ClearPending() => PendingCount = 0;

    /// <summary>Frees the cache; packets that were not handed on yet are dropped with it.</summary>
    public void Dispose()
    {
        ClearPending();
        Cache.Dispose();
    }

    private void Measure(int bytes, long nowMicroseconds)
    {
        LastPacketAt = nowMicroseconds;
        _windowBytes += bytes;
        var elapsed = nowMicroseconds - _windowStart;
        if (elapsed < BitrateWindowMicroseconds) return;
        Bitrate = elapsed > 4 * BitrateWindowMicroseconds ? 0 : _windowBytes * 8 * 1_000_000 / elapsed;
        _windowStart = nowMicroseconds;
        _windowBytes = 0;
    }
}
