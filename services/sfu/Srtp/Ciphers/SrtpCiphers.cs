namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>The ways to do one profile. All give the same bytes.</summary>
internal enum CipherPath : byte
{
    /// <summary>The fastest that this processor has.</summary>
    Best,

    /// <summary>512-bit carry-less multiplication.</summary>
    Wide512,

    /// <summary>256-bit carry-less multiplication.</summary>
    Wide256,

    /// <summary>128-bit carry-less multiplication; for counter mode, AES-NI and libcrypto's SHA-1.</summary>
    Wide128,

    /// <summary>The platform's classes; runs everywhere.</summary>
    Platform,
}

/// <summary>Derives the session keys of one direction and picks the code that does the work.</summary>
internal static class SrtpCiphers
{
    /// <summary>Whether this processor can take a path.</summary>
    public static bool IsSupported(CipherPath path) => path switch
    {
        CipherPath.Wide512 => Gcm<Ghash512>.IsSupported,
        CipherPath.Wide256 => Gcm<Ghash256>.IsSupported,
        CipherPath.Wide128 => Gcm<Ghash128>.IsSupported,
        _ => true,
    };

    /// <summary>Creates the cipher for a master key and salt of the lengths that the profile asks for.</summary>
    public static SrtpCipher Create(
        SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, CipherPath path = CipherPath.Best)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(masterKey.Length, SrtpProfiles.KeyLength, nameof(masterKey));
        ArgumentOutOfRangeException.ThrowIfNotEqual(masterSalt.Length, profile.SaltLength(), nameof(masterSalt));

        Span<byte> keys = stackalloc byte[2 * (16 + 20 + 14)];
        Span<byte> rtpKey = keys[..16], rtcpKey = keys[16..32], rtpTag = keys[32..52], rtcpTag = keys[52..72];
        Span<byte> rtpSalt = keys.Slice(72, masterSalt.Length), rtcpSalt = keys.Slice(86, masterSalt.Length);
        KeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtpEncryption, rtpKey);
        KeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtpSalt, rtpSalt);
        KeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpEncryption, rtcpKey);
        KeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpSalt, rtcpSalt);
        try
        {
            switch (profile)
            {
                case SrtpProfile.AeadAes128Gcm:
                    return CreateGcm(rtpKey, rtpSalt, rtcpKey, rtcpSalt, path);
                case SrtpProfile.AesCm128HmacSha1_80:
                    KeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtpAuthentication, rtpTag);
                    KeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpAuthentication, rtcpTag);
                    return new CounterModeSha1Cipher(
                        new CounterModeSessionKeys(rtpKey, rtpTag, rtpSalt),
                        new CounterModeSessionKeys(rtcpKey, rtcpTag, rtcpSalt),
                        native: path != CipherPath.Platform);
                default:
                    throw new ArgumentOutOfRangeException(nameof(profile), profile, "Not an SRTP protection profile.");
            }
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(keys);
        }
    }

    /// <summary>Creates a GCM cipher from session keys, without derivation.</summary>
    public static SrtpCipher CreateGcm(
        ReadOnlySpan<byte> rtpKey, ReadOnlySpan<byte> rtpSalt, ReadOnlySpan<byte> rtcpKey, ReadOnlySpan<byte> rtcpSalt, CipherPath path = CipherPath.Best)
    {
        if (path == CipherPath.Best)
        {
            path = CipherPath.Wide512;
            while (!IsSupported(path)) path++;
        }

        return path switch
        {
            CipherPath.Wide512 => new GcmCipher<Ghash512>(rtpKey, rtpSalt, rtcpKey, rtcpSalt),
            CipherPath.Wide256 => new GcmCipher<Ghash256>(rtpKey, rtpSalt, rtcpKey, rtcpSalt),
            CipherPath.Wide128 => new GcmCipher<Ghash128>(rtpKey, rtpSalt, rtcpKey, rtcpSalt),
            _ => new PlatformGcmCipher(rtpKey, rtpSalt, rtcpKey, rtcpSalt),
        };
    }
}
