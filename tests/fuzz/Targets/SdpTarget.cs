using System.Text;
using LiveStream.Wire.Sdp;

namespace LiveStream.Fuzz.Targets;

/// <summary>Session description, one character a byte: what is written reads back as the same description.</summary>
public sealed class SdpTarget : IFuzzTarget
{
    public string Name => "Sdp";

    public void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.Latin1.GetString(input);
        var taken = SessionDescription.TryParse(text, out SessionDescription session, out string error);
        Oracle.Same(taken, error.Length == 0, "error is empty");
        if (!taken)
        {
            Oracle.Holds(session.Media.Count == 0 && session.Attributes.Count == 0, "nothing is kept on error");
            return;
        }

        Limits(session, session.Attributes.Count);
        foreach (var media in session.Media) Values(session, media);

        var once = session.ToString();
        // Line feeds become CRLF, so a text near the limit may grow beyond it.
        if (once.Length > SdpLimits.TextLength) return;
        Oracle.Holds(SessionDescription.TryParse(once, out SessionDescription again, out error), $"read again: {error}");
        Oracle.Same(once, again.ToString(), "text");
        Oracle.Same(session.Media.Count, again.Media.Count, "media sections");
        Oracle.Holds(session.Attributes.SequenceEqual(again.Attributes), "attributes");
        for (var i = 0; i < session.Media.Count; i++)
        {
            Oracle.Holds(session.Media[i].Attributes.SequenceEqual(again.Media[i].Attributes), $"attributes of section {i}");
            Oracle.Holds(session.Media[i].Formats.SequenceEqual(again.Media[i].Formats), $"formats of section {i}");
        }
    }

    private static void Limits(SessionDescription session, int attributes)
    {
        Oracle.Holds(session.Media.Count <= SdpLimits.Media && attributes <= SdpLimits.Attributes, "limits");
        _ = (session.BundleGroup, session.IceLite, session.IceOptions);
    }

    // Each typed value written and read again is the same value.
    private static void Values(SessionDescription session, MediaDescription media)
    {
        Oracle.Holds(media.Port is >= 0 and <= 65535 && media.Formats.Count > 0, "media line");
        _ = (session.FindSetup(media), session.FindDirection(media), session.FindIceUfrag(media), media.SctpPort, media.Ssrcs);
        foreach (var map in media.RtpMaps)
        {
            Oracle.Holds(RtpMap.TryParse(map.ToString(), out var again) && again == map, $"rtpmap {map}");
            _ = (media.FmtpParameters(map.PayloadType), media.RtcpFeedback(map.PayloadType));
        }

        foreach (var map in media.ExtMaps) Oracle.Holds(ExtMap.TryParse(map.ToString(), out var again) && again == map, $"extmap {map}");
        foreach (var msid in media.Msids) Oracle.Holds(Msid.TryParse(msid.ToString(), out var again) && again == msid, $"msid {msid}");
        foreach (var ssrc in media.SsrcAttributes) Oracle.Holds(SsrcAttribute.TryParse(ssrc.ToString(), out var again) && again == ssrc, $"ssrc {ssrc}");
        foreach (var print in media.Fingerprints) Oracle.Holds(Fingerprint.TryParse(print.ToString(), out var again) && again == print, $"fingerprint {print}");
        foreach (var rid in media.Rids) Same(rid.ToString(), RidDescription.TryParse(rid.ToString(), out var again), again);
        foreach (var group in media.SsrcGroups) Same(group.ToString(), SsrcGroup.TryParse(group.ToString(), out var again), again);
        if (media.Simulcast is { } simulcast) Same(simulcast.ToString(), SimulcastDescription.TryParse(simulcast.ToString(), out var again), again);
        foreach (var candidate in media.Candidates) _ = IceCandidate.TryParse(candidate, out _);
    }

    private static void Same(string text, bool taken, object? again)
    {
        Oracle.Holds(taken, $"read again: {text}");
        Oracle.Same(text, again?.ToString(), "value");
    }
}
