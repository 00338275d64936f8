using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace LiveStream.Wire.Sdp;

/// <summary>ICE candidate (RFC 8839 §5.1), without any check on what its address resolves to.</summary>
// candidate-attribute = "candidate" ":" foundation SP component-id SP transport SP priority SP
//                       connection-address SP port SP cand-type [SP rel-addr] [SP rel-port]
//                       *(SP extension-att-name SP extension-att-value)
public sealed record IceCandidate
{
    private const string Prefix = "candidate:";
    private const int MaxLength = 1024, MaxFoundation = 32, MaxComponent = 256, MaxAddress = 255;

    /// <summary>1 to 32 letters, digits, <c>+</c> or <c>/</c>; equal for candidates of like origin.</summary>
    public required string Foundation { get; init; }

    /// <summary>1 for RTP (and RTCP with rtcp-mux), 2 for RTCP.</summary>
    public int Component { get; init; } = 1;

    /// <summary><c>udp</c> or <c>tcp</c>, in lower case.</summary>
    public required string Transport { get; init; }

    /// <summary>Priority (RFC 8445 §5.1.2).</summary>
    public required uint Priority { get; init; }

    /// <summary>IP address, or a name such as those of mDNS that end in <c>.local</c>.</summary>
    public required string Address { get; init; }

    /// <summary>The port.</summary>
    public required int Port { get; init; }

    /// <summary><c>host</c>, <c>srflx</c>, <c>prflx</c> or <c>relay</c>.</summary>
    public string Type { get; init; } = "host";

    /// <summary>The address that a reflexive or relayed candidate comes from.</summary>
    public string? RelatedAddress { get; init; }

    /// <summary>The port that goes with <see cref="RelatedAddress"/>.</summary>
    public int? RelatedPort { get; init; }

    /// <summary><c>active</c>, <c>passive</c> or <c>so</c> for TCP (RFC 6544 §4.5).</summary>
    public string? TcpType { get; init; }

    /// <summary>All other extensions, such as <c>generation 0 ufrag 4Gf5</c>; empty without any.</summary>
    public string Extensions { get; init; } = "";

    /// <summary>
    /// Reads a candidate with or without <c>candidate:</c> before it, as in attribute values and in trickled
    /// candidates; false when it is malformed. Never throws.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out IceCandidate? candidate)
    {
        candidate = null;
        if (text is null || text.Length > MaxLength || text.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0) return false;

        if (text.StartsWith("a=", StringComparison.Ordinal)) text = text[2..];
        if (text.StartsWith(Prefix, StringComparison.Ordinal)) text = text[Prefix.Length..];
        var words = SdpText.Words(text);
        if (words.Length < 8 || words.Length % 2 != 0 || words[6] != "typ") return false;
        if (!IsFoundation(words[0]) || words[4].Length > MaxAddress) return false;
        if (!SdpText.TryNumber(words[1], MaxComponent, out var component) || component == 0) return false;
        if (!SdpText.TryNumber(words[3], out var priority)) return false;
        if (!SdpText.TryNumber(words[5], ushort.MaxValue, out var port)) return false;

        var parsed = new IceCandidate
        {
            Foundation = words[0],
            Component = component,
            Transport = words[2].ToLowerInvariant(),
            Priority = priority,
            Address = words[4],
            Port = port,
            Type = words[7],
        };
        return TryExtensions(parsed, words.AsSpan(8), out candidate);
    }

    /// <summary>The attribute value, without <c>candidate:</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(128);
        text.Append(
            CultureInfo.InvariantCulture,
            $"{Foundation} {Component} {Transport} {Priority} {Address} {Port} typ {Type}");
        if (RelatedAddress is not null) text.Append(" raddr ").Append(RelatedAddress);
        if (RelatedPort is { } relatedPort) text.Append(CultureInfo.InvariantCulture, $" rport {relatedPort}");
        if (TcpType is not null) text.Append(" tcptype ").Append(TcpType);
        if (Extensions.Length > 0) text.Append(' ').Append(Extensions);
        return text.ToString();
    }

    private static bool TryExtensions(IceCandidate parsed, ReadOnlySpan<string> words, [NotNullWhen(true)] out IceCandidate? candidate)
    {
        candidate = null;
        string? address = null, tcpType = null;
        int? port = null;
        var others = new StringBuilder();
        for (var i = 0; i < words.Length; i += 2)
        {
            switch (words[i])
            {
                case "raddr":
                    address ??= words[i + 1];
                    break;
                case "rport":
                    if (!SdpText.TryNumber(words[i + 1], ushort.MaxValue, out var number)) return false;
                    port ??= number;
                    break;
                case "tcptype":
                    tcpType ??= words[i + 1];
                    break;
                default:
                    others.Append(others.Length == 0 ? "" : " ").Append(words[i]).Append(' ').Append(words[i + 1]);
                    break;
            }
        }

        candidate = parsed with
        {
            RelatedAddress = address,
            RelatedPort = port,
            TcpType = tcpType,
            Extensions = others.ToString(),
        };
        return true;
    }

    private static bool IsFoundation(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/')) return false;
        }

        return text.Length is > 0 and <= MaxFoundation;
    }
}
