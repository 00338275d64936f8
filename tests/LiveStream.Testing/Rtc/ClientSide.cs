using LiveStream.Contracts.Sfu.V1;
using LiveStream.Wire.Sdp;

namespace LiveStream.Testing.Rtc;

/// <summary>What a client of the client protocol says: answers to offers of the node, and offers that grow.</summary>
public static class ClientSide
{
    /// <summary>A peer's answer that takes all that is offered.</summary>
    public static string AnswerTo(string offerSdp, RtcPeer peer)
    {
        var (offer, own) = (Parse(offerSdp), Parse(peer.Offer));
        var answer = new SessionDescription { Origin = "- 1 1 IN IP4 127.0.0.1" };
        answer.Add("group", "BUNDLE " + string.Join(' ', offer.BundleGroup));
        foreach (var media in offer.Media)
        {
            var section = new MediaDescription { Kind = media.Kind, Protocol = media.Protocol, Port = media.Port, Mid = media.Mid };
            section.Formats.AddRange(media.Formats);
            foreach (var attribute in media.Attributes)
                if (attribute.Name is "rtpmap" or "fmtp" or "rtcp-fb" or "extmap" or "sctp-port" or "rtcp-mux") section.Add(attribute.Name, attribute.Value);
            if (media.Kind != "application") section.Direction = media.Direction == MediaDirection.SendOnly ? MediaDirection.RecvOnly : MediaDirection.Inactive;
            section.IceUfrag = own.Media[0].IceUfrag;
            section.IcePwd = own.Media[0].IcePwd;
            section.Fingerprint = own.Media[0].Fingerprint;
            section.Setup = SetupRole.Active;
            answer.Media.Add(section);
        }

        return answer.ToString();
    }

    /// <summary>The node's offer as the peer, who knows the answering side of a session only, takes it.</summary>
    public static string AsAnswer(string offer) => offer.Replace("a=setup:actpass", "a=setup:passive", StringComparison.Ordinal);

    /// <summary>A peer's offer with data channels first, and of its media those sections only; tracks have a prefix.</summary>
    public static string Offer(RtcPeer peer, string prefix, params string[] kinds)
    {
        var offer = Parse(peer.Offer);
        var transport = offer.Media[0];
        var data = new MediaDescription { Kind = "application", Protocol = "UDP/DTLS/SCTP", Mid = "data", IceUfrag = transport.IceUfrag, IcePwd = transport.IcePwd, SctpPort = 5000 };
        data.Formats.Add("webrtc-datachannel");
        data.Fingerprint = transport.Fingerprint;
        data.Setup = SetupRole.ActPass;
        offer.Media.RemoveAll(media => !kinds.Contains(media.Kind));
        foreach (var media in offer.Media) media.Set("msid", $"{prefix} {prefix}-{media.Kind}");
        offer.Media.Insert(0, data);
        offer.Set("group", "BUNDLE " + string.Join(' ', offer.Media.Select(media => media.Mid)));
        return offer.ToString();
    }

    /// <summary>Names of camera and microphone tracks.</summary>
    public static NamedTracks Names(params string[] ids) => new() { Tracks = { ids.Select(id => new NamedTrack { TrackId = id, Source = TrackSource.Regular }) } };

    /// <summary>Reads a description.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static SessionDescription Parse(string sdp) =>
        SessionDescription.TryParse(sdp, out var session, out var error) ? session : throw new FormatException($"{error}: {sdp}");
}
