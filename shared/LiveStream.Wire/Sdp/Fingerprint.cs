using System.Diagnostics.CodeAnalysis;

namespace LiveStream.Wire.Sdp;

/// <summary>Certificate fingerprint (RFC 8122 §5).</summary>
/// <param name="Algorithm">Hash name in lower case, such as <c>sha-256</c>.</param>
/// <param name="Value">The hash.</param>
[SuppressMessage("Performance", "CA1819", Justification = "A hash is compared as bytes; nobody changes it.")]
public sealed record Fingerprint(string Algorithm, byte[] Value)
{
    // SHA-512 is the longest hash that RFC 8122 names.
    private const int MaxLength = 64;

    /// <summary>Reads <c>sha-256 AB:CD:…</c>; false when it is anything else.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out Fingerprint? fingerprint)
    {
        fingerprint = null;
        var (algorithm, hex) = SdpText.SplitWord(value);
        if (algorithm.Length == 0 || hex.Length % 3 != 2 || hex.Length > 3 * MaxLength) return false;

        var bytes = new byte[(hex.Length + 1) / 3];
        for (var i = 0; i < bytes.Length; i++)
        {
            var at = 3 * i;
            if (!char.IsAsciiHexDigit(hex[at]) || !char.IsAsciiHexDigit(hex[at + 1])) return false;
            if (i > 0 && hex[at - 1] != ':') return false;
            bytes[i] = (byte)(Digit(hex[at]) << 4 | Digit(hex[at + 1]));
        }

        fingerprint = new Fingerprint(algorithm.ToLowerInvariant(), bytes);
        return true;
    }

    /// <summary>Whether algorithm and hash are the same.</summary>
    public bool Equals(Fingerprint? other) =>
        other is not null && Algorithm == other.Algorithm && Value.AsSpan().SequenceEqual(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Algorithm);
        hash.AddBytes(Value);
        return hash.ToHashCode();
    }

    /// <summary>The attribute value: the hash in upper-case hexadecimal with colons.</summary>
    public override string ToString() => $"{Algorithm} {string.Join(':', Value.Select(b => b.ToString("X2", null)))}";

    private static int Digit(char c) => c <= '9' ? c - '0' : (c & 0xDF) - 'A' + 10;
}
