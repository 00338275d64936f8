using System.Diagnostics.CodeAnalysis;

namespace LiveStream.Sfu.Srtp;

/// <summary>SRTP protection profiles by their DTLS-SRTP registry value (RFC 5764 §4.1.2, RFC 7714 §14.2).</summary>
public enum SrtpProfile : ushort
{
    /// <summary>No profile was agreed.</summary>
    None = 0,

    /// <summary>AES-128 in counter mode with an 80-bit HMAC-SHA1 tag on RTP and RTCP.</summary>
    [SuppressMessage("Naming", "CA1707", Justification = "The registered name tells the tag length this way.")]
    AesCm128HmacSha1_80 = 1,

    /// <summary>AES-128-GCM with a 128-bit tag.</summary>
    AeadAes128Gcm = 7,
}

/// <summary>Sizes that follow from a profile.</summary>
public static class SrtpProfiles
{
    /// <summary>Master key length in bytes; the same for both profiles.</summary>
    public const int KeyLength = 16;

    /// <summary>Master salt length in bytes: 12 for GCM (RFC 7714 §12), 14 for counter mode (RFC 3711 §8.2), 0 for none.</summary>
    public static int SaltLength(this SrtpProfile profile) => profile switch
    {
        SrtpProfile.AeadAes128Gcm => 12,
        SrtpProfile.AesCm128HmacSha1_80 => 14,
        _ => 0,
    };
}
