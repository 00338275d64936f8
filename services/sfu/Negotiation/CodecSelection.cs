using System.Globalization;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Router.Codecs;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Negotiation;

/// <summary>Which of an m-line's offered payload formats are ours. Pure.</summary>
internal static class CodecSelection
{
    /// <summary>A supported format of an offer, with its retransmission format.</summary>
    internal sealed record Offered(RtpMap Map, CodecKind Codec, string Fmtp, int? RtxPayloadType, IReadOnlyList<string> Feedback);

    /// <summary>The supported formats, in the order offered.</summary>
    public static IReadOnlyList<Offered> Supported(MediaDescription media)
    {
        var maps = media.RtpMaps;
        var rtx = new Dictionary<int, int>();
        foreach (var map in maps)
        {
            if (map.Is("rtx") && media.FmtpParameters(map.PayloadType).TryGetValue("apt", out var apt)
                && int.TryParse(apt, NumberStyles.None, CultureInfo.InvariantCulture, out var repaired)) rtx.TryAdd(repaired, map.PayloadType);
        }

        var offered = new List<Offered>();
        foreach (var format in media.PayloadTypes)
        {
            if (media.FindRtpMap(format) is not { } map) continue;
            var codec = CodecFacts.Parse(map.Name);
            if (codec == CodecKind.Unknown || IsAudio(codec) != (media.Kind == "audio")) continue;
            // In RTP all video counts at 90 kHz, and Opus always at 48 kHz (RFC 7587 §4.1).
            if (map.ClockRate != (IsAudio(codec) ? 48000 : 90000)) continue;
            if (codec == CodecKind.H264 && !IsInterleavable(media, format)) continue;
            offered.Add(new Offered(map, codec, media.Fmtp(format) ?? "", rtx.TryGetValue(format, out var repair) ? repair : null, media.RtcpFeedback(format)));
        }

        return offered;
    }

    /// <summary>The one format to publish in: by the preferred names, then by the client's order.</summary>
    public static Offered? ForPublishing(IReadOnlyList<Offered> offered, IReadOnlyList<string> preferred)
    {
        foreach (var name in preferred)
        {
            var codec = CodecFacts.Parse(name);
            if (Best(offered.Where(format => format.Codec == codec)) is { } match) return match;
        }

        return Best(offered);
    }

    /// <summary>As the router keeps it.</summary>
    public static PayloadFormat ToPayloadFormat(Offered offered) =>
        new(offered.Codec, (byte)offered.Map.PayloadType, (byte?)offered.RtxPayloadType, ProfileLevelId(offered.Fmtp));

    /// <summary>As the contract tells it.</summary>
    public static Codec ToContract(Offered offered) => new()
    {
        Name = offered.Map.Name.ToUpperInvariant(),
        PayloadType = (uint)offered.Map.PayloadType,
        ClockRate = (uint)offered.Map.ClockRate,
        Channels = (uint)offered.Map.Channels,
        Fmtp = offered.Fmtp,
    };

    // Packetization mode 1 lets an encoder cut frames evenly; mode 0 wants one packet for each slice (RFC 6184 §6.2).
    private static Offered? Best(IEnumerable<Offered> candidates)
    {
        Offered? first = null;
        foreach (var candidate in candidates)
        {
            if (candidate.Codec != CodecKind.H264 || candidate.Fmtp.Contains("packetization-mode=1", StringComparison.OrdinalIgnoreCase)) return candidate;
            first ??= candidate;
        }

        return first;
    }

    private static bool IsAudio(CodecKind codec) => codec == CodecKind.Opus;

    private static bool IsInterleavable(MediaDescription media, int format) =>
        !media.FmtpParameters(format).TryGetValue("packetization-mode", out var mode) || mode is "0" or "1";

    private static string ProfileLevelId(string fmtp)
    {
        const string Name = "profile-level-id=";
        var at = fmtp.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        return at < 0 || fmtp.Length < at + Name.Length + 6 ? "" : fmtp.Substring(at + Name.Length, 6);
    }
}
