using System.Globalization;
using System.Net;
using LiveStream.Wire.Sdp;

namespace LiveStream.Testing.Rtc;

/// <summary>One section of an answer.</summary>
/// <param name="Mid">Identification tag.</param>
/// <param name="Kind">"audio" or "video".</param>
/// <param name="Rejected">True if the port is zero outside the bundle.</param>
/// <param name="Direction">sendonly, recvonly, sendrecv or inactive.</param>
/// <param name="PayloadTypes">Accepted payload types, preferred first.</param>
/// <param name="ExtensionIds">Accepted header extension ids.</param>
/// <param name="Ssrcs">Announced SSRCs in order, each once.</param>
public sealed record RtcAnswerSection(
    string Mid, string Kind, bool Rejected, string Direction, IReadOnlyList<byte> PayloadTypes,
    IReadOnlySet<byte> ExtensionIds, IReadOnlyList<uint> Ssrcs);

/// <summary>What a client takes from the server's answer.</summary>
public sealed class RtcAnswer
{
    private RtcAnswer(SessionDescription session)
    {
        foreach (var media in session.Media)
        {
            RemoteUfrag ??= Find(session, media, "ice-ufrag");
            RemotePwd ??= Find(session, media, "ice-pwd");
            Fingerprint ??= ReadFingerprint(Find(session, media, "fingerprint"));
            Setup ??= Find(session, media, "setup");
            Candidates.AddRange(Values(media, "candidate").Select(ReadCandidate).OfType<RemoteCandidate>());
            Sections.Add(ReadSection(media));
        }
        IceLite = session.Attributes.Exists(attribute => attribute.Name == "ice-lite");
    }

    /// <summary>ICE user fragment of the server.</summary>
    public string? RemoteUfrag { get; }

    /// <summary>ICE password of the server.</summary>
    public string? RemotePwd { get; }

    /// <summary>SHA-256 of the server's certificate.</summary>
    public byte[]? Fingerprint { get; }

    /// <summary>The DTLS role of the server: passive, or active.</summary>
    public string? Setup { get; }

    /// <summary>Whether the server says that it is ICE-lite.</summary>
    public bool IceLite { get; }

    /// <summary>Candidates with numeric addresses that this client can reach.</summary>
    public List<RemoteCandidate> Candidates { get; } = [];

    /// <summary>The sections in order.</summary>
    public List<RtcAnswerSection> Sections { get; } = [];

    /// <summary>Parses an answer; throws <see cref="FormatException"/> when a client could not use it.</summary>
    public static RtcAnswer Parse(string sdp)
    {
        if (!SessionDescription.TryParse(sdp, out var session, out var error)) throw new FormatException($"The answer is no SDP: {error}");
        var answer = new RtcAnswer(session);
        if (answer.RemoteUfrag is null || answer.RemotePwd is null) throw new FormatException("The answer has no ICE credentials.");
        if (answer.Fingerprint is null) throw new FormatException("The answer has no sha-256 fingerprint.");
        return answer;
    }

    private static RtcAnswerSection ReadSection(MediaDescription media)
    {
        var direction = media.Attributes.Find(attribute => attribute.Name is "sendonly" or "recvonly" or "sendrecv" or "inactive");
        return new RtcAnswerSection(
            Values(media, "mid").FirstOrDefault() ?? "",
            media.Kind,
            media.Port == 0 && !media.Attributes.Exists(attribute => attribute.Name == "bundle-only"),
            direction?.Name ?? "sendrecv",
            [.. media.Formats.Select(format => byte.TryParse(format, CultureInfo.InvariantCulture, out var type) ? type : (byte)0)],
            Values(media, "extmap").Select(value => byte.Parse(value.Split(' ', '/')[0], CultureInfo.InvariantCulture)).ToHashSet(),
            [.. Values(media, "ssrc").Select(value => uint.Parse(value.Split(' ')[0], CultureInfo.InvariantCulture)).Distinct()]);
    }

    private static IEnumerable<string> Values(MediaDescription media, string name) =>
        media.Attributes.Where(attribute => attribute.Name == name).Select(attribute => attribute.Value ?? "");

    private static string? Find(SessionDescription session, MediaDescription media, string name) =>
        Values(media, name).FirstOrDefault() ?? session.Attributes.Find(attribute => attribute.Name == name)?.Value;

    private static byte[]? ReadFingerprint(string? value)
    {
        var parts = value?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts is [var algorithm, var digits] && algorithm.Equals("sha-256", StringComparison.OrdinalIgnoreCase)
            ? Convert.FromHexString(digits.Replace(":", "", StringComparison.Ordinal))
            : null;
    }

    // candidate:<foundation> <component> <transport> <priority> <address> <port> typ <type> [tcptype <type>] (RFC 8839 §5.1)
    private static RemoteCandidate? ReadCandidate(string value)
    {
        var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 8 || parts[1] != "1") return null;
        if (!IPAddress.TryParse(parts[4], out var address) || !int.TryParse(parts[5], CultureInfo.InvariantCulture, out var port)) return null;
        if (!uint.TryParse(parts[3], CultureInfo.InvariantCulture, out var priority)) return null;
        if (parts[2].Equals("udp", StringComparison.OrdinalIgnoreCase))
            return new RemoteCandidate(new IPEndPoint(address, port), IceTransport.Udp, priority);
        var passive = Array.IndexOf(parts, "tcptype") is > 0 and var index && index + 1 < parts.Length && parts[index + 1] == "passive";
        return passive ? new RemoteCandidate(new IPEndPoint(address, port), IceTransport.Tcp, priority) : null;
    }
}
