using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LiveStream.Wire.Sdp;

/// <summary>Attribute of one source (RFC 5576 §4.1): <c>&lt;ssrc&gt; &lt;name&gt;[:&lt;value&gt;]</c>.</summary>
/// <param name="Ssrc">The source.</param>
/// <param name="Name">Name, such as <c>cname</c> or <c>msid</c>.</param>
/// <param name="Value">What follows the colon; null without one.</param>
public sealed record SsrcAttribute(uint Ssrc, string Name, string? Value)
{
    /// <summary>Reads an attribute value; false when it is malformed.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out SsrcAttribute? attribute)
    {
        attribute = null;
        var (source, rest) = SdpText.SplitWord(value);
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        if (rest.Length == 0 || colon == 0 || !SdpText.TryNumber(source, out var ssrc)) return false;

        attribute = colon < 0
            ? new SsrcAttribute(ssrc, rest, null)
            : new SsrcAttribute(ssrc, rest[..colon], rest[(colon + 1)..]);
        return true;
    }

    /// <summary>The attribute value.</summary>
    public override string ToString() => Value is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Ssrc} {Name}")
        : string.Create(CultureInfo.InvariantCulture, $"{Ssrc} {Name}:{Value}");
}

/// <summary>Sources that belong together (RFC 5576 §4.2): <c>&lt;semantics&gt; &lt;ssrc&gt; …</c>.</summary>
/// <param name="Semantics"><c>FID</c> for a stream and its retransmission, <c>SIM</c> for layers.</param>
/// <param name="Ssrcs">The sources, at least one.</param>
public sealed record SsrcGroup(string Semantics, IReadOnlyList<uint> Ssrcs)
{
    /// <summary>Reads an attribute value; false when it is malformed.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out SsrcGroup? group)
    {
        group = null;
        var words = SdpText.Words(value);
        if (words.Length < 2) return false;

        var ssrcs = new uint[words.Length - 1];
        for (var i = 0; i < ssrcs.Length; i++)
        {
            if (!SdpText.TryNumber(words[i + 1], out ssrcs[i])) return false;
        }

        group = new SsrcGroup(words[0], ssrcs);
        return true;
    }

    /// <summary>The attribute value.</summary>
    public override string ToString() =>
        $"{Semantics} {string.Join(' ', Ssrcs.Select(s => s.ToString(CultureInfo.InvariantCulture)))}";
}

/// <summary>Stream and track of a section (RFC 8830 §2).</summary>
/// <param name="Stream">Stream identifier, <c>-</c> for no stream.</param>
/// <param name="Track">Track identifier; null when not stated.</param>
public sealed record Msid(string Stream, string? Track)
{
    /// <summary>Reads an attribute value; false when it is malformed.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out Msid? msid)
    {
        var words = SdpText.Words(value);
        msid = words.Length switch
        {
            1 => new Msid(words[0], null),
            2 => new Msid(words[0], words[1]),
            _ => null,
        };
        return msid is not null;
    }

    /// <summary>The attribute value.</summary>
    public override string ToString() => Track is null ? Stream : $"{Stream} {Track}";
}
