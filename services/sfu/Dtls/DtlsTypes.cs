using System.Security.Cryptography;

namespace LiveStream.Sfu.Dtls;

/// <summary>Which side of the handshake an endpoint takes (SDP <c>a=setup</c>: passive is server, active is client; RFC 5763 §5).</summary>
public enum DtlsRole : byte
{
    /// <summary>Waits for the ClientHello.</summary>
    Server,

    /// <summary>Sends the ClientHello.</summary>
    Client,
}

/// <summary>Life of an endpoint. <see cref="Failed"/> and <see cref="Closed"/> are final.</summary>
public enum DtlsState : byte
{
    /// <summary>Not authenticated yet.</summary>
    Handshaking,

    /// <summary>The peer's certificate matched and the SRTP keys are there.</summary>
    Connected,

    /// <summary>The handshake or the connection broke; see <see cref="DtlsEndpoint.Failure"/>.</summary>
    Failed,

    /// <summary>Ended by close_notify from either side.</summary>
    Closed,
}

/// <summary>Takes the datagrams that an endpoint wants sent, inside the call that caused them.</summary>
public interface IDtlsOutput
{
    /// <summary>One datagram; the bytes are valid only during the call, which must not call back into the endpoint.</summary>
    void SendDtls(ReadOnlySpan<byte> datagram);

    /// <summary>One record of application data; valid only during the call, which may send some in turn.</summary>
    void OnApplicationData(ReadOnlySpan<byte> data)
    {
    }
}

/// <summary>A certificate's hash as SDP carries it in <c>a=fingerprint</c> (RFC 8122 §5). <see cref="Value"/> is raw bytes.</summary>
public sealed record DtlsFingerprint(HashAlgorithmName Algorithm, byte[] Value)
{
    /// <summary>
    /// Reads the value of <c>a=fingerprint</c>: hash name, space, hex pairs with colons. Knows sha-256, sha-384 and sha-512.
    /// </summary>
    /// <returns>False for other hashes, a wrong length or bad hex.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out DtlsFingerprint? fingerprint)
    {
        fingerprint = null;
        var space = text.IndexOf(' ');
        if (space < 0) return false;
        if (!TryFindAlgorithm(text[..space], out var algorithm, out var size)) return false;

        var pairs = text[(space + 1)..].Trim();
        if (pairs.Length != size * 3 - 1) return false;
        var value = new byte[size];
        for (var i = 0; i < size; i++)
        {
            if (i > 0 && pairs[i * 3 - 1] != ':') return false;
            var (high, low) = (pairs[i * 3], pairs[i * 3 + 1]);
            if (!char.IsAsciiHexDigit(high) || !char.IsAsciiHexDigit(low)) return false;
            value[i] = (byte)(HexValue(high) << 4 | HexValue(low));
        }

        fingerprint = new DtlsFingerprint(algorithm, value);
        return true;
    }

    /// <summary>Whether both are the same hash.</summary>
    public bool HasValueOf(DtlsFingerprint other) => Algorithm == other.Algorithm && Value.AsSpan().SequenceEqual(other.Value);

    /// <summary>Whether a certificate in DER form has this hash. Compares in constant time.</summary>
    public bool Matches(ReadOnlySpan<byte> certificate)
    {
        Span<byte> hash = stackalloc byte[64];
        return CryptographicOperations.TryHashData(Algorithm, certificate, hash, out var written)
            && CryptographicOperations.FixedTimeEquals(hash[..written], Value);
    }

    private static bool TryFindAlgorithm(ReadOnlySpan<char> name, out HashAlgorithmName algorithm, out int size)
    {
        (algorithm, size) = name switch
        {
            _ when name.Equals("sha-256", StringComparison.OrdinalIgnoreCase) => (HashAlgorithmName.SHA256, 32),
            _ when name.Equals("sha-384", StringComparison.OrdinalIgnoreCase) => (HashAlgorithmName.SHA384, 48),
            _ when name.Equals("sha-512", StringComparison.OrdinalIgnoreCase) => (HashAlgorithmName.SHA512, 64),
            _ => (default, 0),
        };
        return size > 0;
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

/// <summary>Choices of an endpoint that have good defaults.</summary>
public sealed record DtlsSettings
{
    /// <summary>The defaults.</summary>
    public static DtlsSettings Default { get; } = new();

    /// <summary>SRTP profiles offered or accepted, best first. The server's order decides.</summary>
    public IReadOnlyList<Srtp.SrtpProfile> Profiles { get; init; } =
        [Srtp.SrtpProfile.AeadAes128Gcm, Srtp.SrtpProfile.AesCm128HmacSha1_80];

    /// <summary>Wait before a flight is sent again; doubles up to <see cref="MaximumTimeout"/>.</summary>
    public TimeSpan InitialTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait between two sends of a flight.</summary>
    public TimeSpan MaximumTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
