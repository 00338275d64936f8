using System.Text;
using LiveStream.Sfu.Rtcp;
using LiveStream.Sfu.Srtp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Sfu.Transports;

/// <summary>
/// The publishing side of one transport: which SSRC belongs to which track and layer (by the offer's SSRCs, or by the
/// mid and rid header extensions, RFC 8843 §9.2 and RFC 8852), and what is reported back. Owned by the worker thread.
/// </summary>
internal sealed class PublisherIngress(PublishedMedia[] media, IncomingExtensions extensions, bool transportFeedback)
{
    private const int MaximumSources = 64;

    private readonly Dictionary<uint, IncomingSource> _sources = [];

    public PublishedMedia[] Media { get; } = media;

    public IncomingExtensions Extensions { get; } = extensions;

    /// <summary>True where transport-wide feedback was negotiated.</summary>
    public bool HasTransportFeedback { get; } = transportFeedback;

    public TransportFeedbackRecorder Feedback { get; } = new();

    /// <summary>SSRC under which we report.</summary>
    public uint LocalSsrc { get; init; } = 1;

    public bool TryGet(uint ssrc, out IncomingSource? source) => _sources.TryGetValue(ssrc, out source);

    /// <summary>Places a new SSRC by its first authentic packet; null where it belongs to no m-line, or there are too many.</summary>
    public IncomingSource? Bind(RtpPacketView packet, in SrtpReceiveState srtp)
    {
        if (_sources.Count >= MaximumSources) return null;
        foreach (var media in Media)
        {
            if (!TryPlace(media, packet, out var layer, out var isRtx)) continue;
            var stream = media.Track.Layers[layer];
            if (!isRtx) stream.Ssrc = packet.Ssrc;
            var source = new IncomingSource { Ssrc = packet.Ssrc, Media = media, Stream = stream, IsRtx = isRtx, Srtp = srtp };
            _sources[packet.Ssrc] = source;
            return source;
        }

        return null;
    }

    private bool TryPlace(PublishedMedia media, RtpPacketView packet, out int layer, out bool isRtx)
    {
        layer = 0;
        var format = media.Format;
        isRtx = packet.PayloadType == format.RtxPayloadType;
        if (!isRtx && packet.PayloadType != format.PayloadType) return false;
        var named = isRtx ? format.RtxSsrcByLayer : format.SsrcByLayer;
        for (var i = 0; i < named.Count && i < media.Track.Layers.Length; i++)
        {
            if (named[i] != packet.Ssrc) continue;
            layer = i;
            return true;
        }

        // The bundle's m-lines may share payload types; then only the mid tells.
        if (Extensions.Mid != 0 && packet.TryGetExtension(Extensions.Mid, out var mid) && !Equal(mid, format.Mid)) return false;
        if (media.Track.Layers.Length == 1) return true;
        var ridExtension = isRtx ? Extensions.RepairedRid : Extensions.Rid;
        if (ridExtension == 0 || !packet.TryGetExtension(ridExtension, out var rid)) return false;
        for (layer = 0; layer < media.Track.Layers.Length; layer++)
            if (Equal(rid, media.Track.Layers[layer].Rid)) return true;
        return false;
    }

    private static bool Equal(ReadOnlySpan<byte> wire, string text) =>
        wire.Length == text.Length && Encoding.ASCII.GetByteCount(text) == wire.Length && Ascii.Equals(wire, text);
}
