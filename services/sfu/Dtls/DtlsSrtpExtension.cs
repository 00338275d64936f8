using System.Security.Cryptography;
using LiveStream.Sfu.Interop;
using LiveStream.Sfu.Srtp;

namespace LiveStream.Sfu.Dtls;

/// <summary>The use_srtp extension (RFC 5764 §4.1) in OpenSSL's terms.</summary>
internal static unsafe class DtlsSrtpExtension
{
    private const int MaximumMaterial = 2 * (SrtpProfiles.KeyLength + 14);

    /// <summary>OpenSSL's names, joined by colons.</summary>
    public static string ProfileList(IEnumerable<SrtpProfile> profiles) => string.Join(':', profiles.Select(profile => profile switch
    {
        SrtpProfile.AeadAes128Gcm => "SRTP_AEAD_AES_128_GCM",
        SrtpProfile.AesCm128HmacSha1_80 => "SRTP_AES128_CM_SHA1_80",
        _ => throw new ArgumentOutOfRangeException(nameof(profiles), profile, "Not an SRTP protection profile."),
    }));

    /// <summary>
    /// Exports the keys of a finished handshake: client key, server key, client salt, server salt (RFC 5764 §4.2).
    /// </summary>
    /// <returns>Null with a reason when no profile was agreed.</returns>
    public static SrtpKeyingMaterial? Export(nint ssl, out string reason)
    {
        reason = "";
        var selected = OpenSsl.SSL_get_selected_srtp_profile(ssl);
        var profile = selected == null ? SrtpProfile.None : (SrtpProfile)selected->Id;
        var saltLength = profile.SaltLength();
        if (saltLength == 0)
        {
            reason = "the peer supports no SRTP profile that this side does";
            return null;
        }

        const int KeyLength = SrtpProfiles.KeyLength;
        Span<byte> material = stackalloc byte[MaximumMaterial];
        material = material[..(2 * (KeyLength + saltLength))];
        var label = "EXTRACTOR-dtls_srtp"u8;
        fixed (byte* output = material, labelStart = label)
        {
            if (OpenSsl.SSL_export_keying_material(ssl, output, (nuint)material.Length, labelStart, (nuint)label.Length, null, 0, 0) != 1)
            {
                reason = "the exporter gave no keys";
                return null;
            }
        }

        var salts = material[(2 * KeyLength)..];
        var keys = new SrtpKeyingMaterial(
            profile,
            ClientKey: material[..KeyLength].ToArray(),
            ClientSalt: salts[..saltLength].ToArray(),
            ServerKey: material[KeyLength..(2 * KeyLength)].ToArray(),
            ServerSalt: salts[saltLength..].ToArray());
        CryptographicOperations.ZeroMemory(material);
        return keys;
    }
}
