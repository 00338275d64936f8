using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Negotiation;

/// <summary>The simulcast layers of an offer, lowest first. Pure.</summary>
internal static class SimulcastOrder
{
    /// <summary>Most layers of a track.</summary>
    public const int MaximumLayers = 4;

    // Names in use, lowest first. SDP itself says nothing of size (RFC 8853 §5.1 orders by preference only).
    private static readonly string[][] KnownNames =
    [
        ["q", "h", "f"],
        ["l", "m", "h"],
        ["lo", "mid", "hi"],
        ["low", "medium", "high"],
        ["low", "mid", "high"],
        // OBS and others number from the full picture on, in the order of preference.
        ["3", "2", "1", "0"],
        ["r0", "r1", "r2", "r3"],
    ];

    /// <summary>Rids that the client sends, lowest first; one empty rid without simulcast.</summary>
    public static IReadOnlyList<string> Rids(MediaDescription media)
    {
        var sent = media.Rids.Where(rid => rid.Direction == "send").Select(rid => rid.Id).ToHashSet(StringComparer.Ordinal);
        var listed = media.Simulcast?.Send.Select(stream => stream.Alternatives[0].Id).Where(sent.Contains).Distinct().ToArray() ?? [];
        if (listed.Length == 0) return sent.Count == 1 ? [.. sent] : [""];
        foreach (var names in KnownNames)
            if (listed.All(rid => names.Contains(rid))) return [.. listed.OrderBy(rid => Array.IndexOf(names, rid)).Take(MaximumLayers)];
        return [.. listed.Take(MaximumLayers)];
    }
}
