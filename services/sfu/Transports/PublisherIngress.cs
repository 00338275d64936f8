using System.Text;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Rtcp;
using LiveStream.Sfu.Srtp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Sfu.Transports;

/// <summary>
/// The publishing side of one transport: which SSRC belongs to which track and layer (by the offer's SSRCs, or by the
/// mid and rid header extensions, RFC 8843 §9.2 and RFC 8852), and what is reported back. Owned by the worker thread.
/// </summary>
internal sealed class PublisherIngress(PublisherClock clock)
{
    private const int MaximumSources = 64;

    private readonly Dictionary<uint, IncomingSource> _sources = [];

    public PublishedMedia[] Media { get; private set; } = [];

    public IncomingExtensions Extensions { get; private set; }

    /// <summary>True where transport-wide feedback was negotiated.</summary>
    public bool HasTransportFeedback { get; private set; }

    /// <summary>Of the publisher, for all its tracks.</summary>
    public PublisherClock Clock { get; } = clock;

    public TransportFeedbackRecorder Feedback { get; } = new();

    /// <summary>SSRC under which we report.</summary>
    public uint LocalSsrc { get; init; } = 1;

    /// <summary>
    /// Takes what was agreed on anew. Sources of m-lines that are gone are placed again by their next packet; their SRTP
    /// state stays, as the keys do.
    /// </summary>
    public void Update(PublishedMedia[] media, IncomingExtensions extensions, bool transportFeedback)
    {
        Media = media;
        Extensions = extensions;
        HasTransportFeedback = transportFeedback;
        foreach (var source in _sources.Values)
            if (source.IsPlaced && !media.Contains(source.Media)) source.IsPlaced = false;
    }

    public bool TryGet(uint ssrc, out IncomingSource? source) => _sources.TryGetValue(ssrc, out source);

    /// <summary>Places a new SSRC by its first authentic packet; null where it belongs to no m-line, or there are too many.</summary>
    public IncomingSource? Bind(RtpPacketView packet, in SrtpReceiveState srtp)
    {
        if (_sources.Count >= MaximumSources && !_sources.ContainsKey(packet.Ssrc) && !TryForgetOne()) return null;
        // An SSRC that the offer names belongs to that m-line, also where an earlier one has the same payload types.
        return Bind(packet, srtp, named: true) ?? Bind(packet, srtp, named: false);
    }

    // One whose track has ended: a client that shares its screen again and again has used many.
    private bool TryForgetOne()
    {
        foreach (var (ssrc, source) in _sources)
            if (!source.IsPlaced) return _sources.Remove(ssrc);
        return false;
    }

    private IncomingSource? Bind(RtpPacketView packet, in SrtpReceiveState srtp, bool named)
    {
        // Browsers leave mid and rid out once they were acknowledged: what came on an m-line that is gone must not feed another one,
        // and what was a layer of a track that began anew is that layer again.
        var known = !named && _sources.TryGetValue(packet.Ssrc, out var source) ? source : null;
        foreach (var media in Media)
        {
            if (known is not null && known.Media.Format.Mid != media.Format.Mid) continue;
            int layer;
            bool isRtx;
            if (named ? !TryPlaceNamed(media, packet, out layer, out isRtx) : !TryPlace(media, packet, known, out layer, out isRtx)) continue;
            var stream = media.Track.Layers[layer];
            if (!isRtx) stream.Ssrc = packet.Ssrc;
            source = new IncomingSource { Ssrc = packet.Ssrc, Media = media, Stream = stream, IsRtx = isRtx, Srtp = srtp };
            _sources[packet.Ssrc] = source;
            return source;
        }

        return null;
    }

    private static bool TryPlaceNamed(PublishedMedia media, RtpPacketView packet, out int layer, out bool isRtx)
    {
        layer = 0;
        if (!HasPayloadType(media.Format, packet, out isRtx)) return false;
        var named = isRtx ? media.Format.RtxSsrcByLayer : media.Format.SsrcByLayer;
        for (; layer < named.Count && layer < media.Track.Layers.Length; layer++)
            if (named[layer] == packet.Ssrc) return true;
        return false;
    }

    private static bool HasPayloadType(PublishFormat format, RtpPacketView packet, out bool isRtx)
    {
        isRtx = packet.PayloadType == format.RtxPayloadType;
        return isRtx || packet.PayloadType == format.PayloadType;
    }

    private bool TryPlace(PublishedMedia media, RtpPacketView packet, IncomingSource? known, out int layer, out bool isRtx)
    {
        layer = 0;
        var format = media.Format;
        if (!HasPayloadType(format, packet, out isRtx)) return false;
        // The bundle's m-lines may share payload types; then only the mid tells.
        if (Extensions.Mid != 0 && packet.TryGetExtension(Extensions.Mid, out var mid) && !Equal(mid, format.Mid)) return false;
        if (media.Track.Layers.Length == 1) return true;
        var ridExtension = isRtx ? Extensions.RepairedRid : Extensions.Rid;
        var told = ridExtension != 0 && packet.TryGetExtension(ridExtension, out var value) ? value : default;
        // A rid has one character at least (RFC 8852 §3.1).
        if (told.IsEmpty && known?.IsRtx != isRtx) return false;
        for (layer = 0; layer < media.Track.Layers.Length; layer++)
        {
            var rid = media.Track.Layers[layer].Rid;
            if (told.IsEmpty ? rid == known!.Stream.Rid : Equal(told, rid)) return true;
        }

        return false;
    }

    private static bool Equal(ReadOnlySpan<byte> wire, string text) =>
        wire.Length == text.Length && Encoding.ASCII.GetByteCount(text) == wire.Length && Ascii.Equals(wire, text);
}
