using LiveStream.Wire.Sdp;

namespace LiveStream.Wire.Tests.Sdp;

internal static class SdpData
{
    /// <summary>An offer as Chromium 156 made it.</summary>
    public static string Read(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Sdp", "data", file));

    /// <summary>Calls every typed reader.</summary>
    public static int ReadEverything(SessionDescription session, MediaDescription media)
    {
        var count = session.BundleGroup.Count + media.IceOptions.Count + media.Candidates.Count + media.ExtMaps.Count
            + media.Rids.Count + media.SsrcAttributes.Count + media.Ssrcs.Count + media.SsrcGroups.Count
            + media.Msids.Count + (media.Simulcast?.Send.Count ?? 0) + (media.SctpPort ?? 0);
        _ = (session.FindFingerprint(media), session.FindSetup(media), session.FindDirection(media), media.Mid);
        foreach (var type in media.PayloadTypes)
        {
            count += media.RtcpFeedback(type).Count + media.FmtpParameters(type).Count;
            _ = media.FindRtpMap(type)?.ToString();
        }

        return count;
    }
}
