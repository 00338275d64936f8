using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LiveStream.Wire.Sdp;

/// <summary>What a payload type is (RFC 8866 §6.6): <c>&lt;payload type&gt; &lt;name&gt;/&lt;clock rate&gt;[/&lt;channels&gt;]</c>.</summary>
/// <param name="PayloadType">0 to 127.</param>
/// <param name="Name">Encoding name as written; compared without case.</param>
/// <param name="ClockRate">Timestamp units per second.</param>
/// <param name="Channels">Audio channels, 1 when not stated.</param>
public sealed record RtpMap(int PayloadType, string Name, int ClockRate, int Channels)
{
    internal const int MaxPayloadType = 127;
    private const int MaxChannels = 255;

    /// <summary>Whether the encoding is the named one, without case.</summary>
    public bool Is(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads an attribute value; false when it is malformed.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out RtpMap? map)
    {
        map = null;
        var (type, encoding) = SdpText.SplitWord(value);
        if (!SdpText.TryNumber(type, MaxPayloadType, out var payloadType)) return false;

        var parts = encoding.Split('/');
        if (parts.Length is not (2 or 3) || parts[0].Length == 0) return false;
        if (!SdpText.TryNumber(parts[1], int.MaxValue, out var clockRate) || clockRate == 0) return false;

        var channels = 1;
        if (parts.Length == 3 && (!SdpText.TryNumber(parts[2], MaxChannels, out channels) || channels == 0)) return false;

        map = new RtpMap(payloadType, parts[0], clockRate, channels);
        return true;
    }

    /// <summary>The attribute value; a single channel is not stated.</summary>
    public override string ToString() => Channels == 1
        ? string.Create(CultureInfo.InvariantCulture, $"{PayloadType} {Name}/{ClockRate}")
        : string.Create(CultureInfo.InvariantCulture, $"{PayloadType} {Name}/{ClockRate}/{Channels}");
}

/// <summary>Local identifier of a header extension (RFC 8285 §5): <c>&lt;id&gt;[/&lt;direction&gt;] &lt;uri&gt;</c>.</summary>
/// <param name="Id">1 to 14, in the two-byte form to 255; 4096 to 4351 in offers that leave the choice.</param>
/// <param name="Uri">Name of the extension; see <see cref="Rtp.HeaderExtensionUris"/>.</param>
/// <param name="Direction">Direction when stated, such as <c>recvonly</c>.</param>
public sealed record ExtMap(int Id, string Uri, string? Direction)
{
    /// <summary>Reads an attribute value; false when it is malformed. Extension attributes after the URI are not kept.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out ExtMap? map)
    {
        map = null;
        var words = SdpText.Words(value);
        if (words.Length < 2) return false;

        var slash = words[0].IndexOf('/', StringComparison.Ordinal);
        var direction = slash < 0 ? null : words[0][(slash + 1)..];
        if (direction is not null && SdpNames.ParseDirection(direction) is null) return false;
        if (!SdpText.TryNumber(slash < 0 ? words[0] : words[0][..slash], 4351, out var id)) return false;
        if (id is 0 or > 255 and < 4096) return false;

        map = new ExtMap(id, words[1], direction);
        return true;
    }

    /// <summary>The attribute value.</summary>
    public override string ToString() => Direction is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Id} {Uri}")
        : string.Create(CultureInfo.InvariantCulture, $"{Id}/{Direction} {Uri}");
}
