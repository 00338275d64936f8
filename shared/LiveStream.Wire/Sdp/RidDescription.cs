using System.Diagnostics.CodeAnalysis;

namespace LiveStream.Wire.Sdp;

/// <summary>
/// A restricted stream (RFC 8851 §4): <c>&lt;rid-id&gt; send|recv [pt=…;max-width=…]</c>.
/// </summary>
/// <param name="Id">Letters, digits, <c>-</c> and <c>_</c>; also the value of the rtp-stream-id header extension.</param>
/// <param name="Direction"><c>send</c> or <c>recv</c>, as the describer sees it.</param>
/// <param name="Parameters">Restrictions by name; <c>pt</c> is the list of payload types.</param>
public sealed record RidDescription(string Id, string Direction, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>Without restrictions.</summary>
    public RidDescription(string id, string direction)
        : this(id, direction, SdpText.Parameters(null))
    {
    }

    /// <summary>Reads an attribute value; false when it is malformed.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out RidDescription? rid)
    {
        rid = null;
        var (id, rest) = SdpText.SplitWord(value);
        var (direction, restrictions) = SdpText.SplitWord(rest);
        if (!SdpText.IsRidId(id) || direction is not ("send" or "recv")) return false;

        rid = new RidDescription(id, direction, SdpText.Parameters(restrictions));
        return true;
    }

    /// <summary>The attribute value.</summary>
    public override string ToString() => Parameters.Count == 0
        ? $"{Id} {Direction}"
        : $"{Id} {Direction} {string.Join(';', Parameters.Select(p => p.Value.Length == 0 ? p.Key : $"{p.Key}={p.Value}"))}";
}
