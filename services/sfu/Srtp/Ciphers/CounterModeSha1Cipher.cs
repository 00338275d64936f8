using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>AES_CM_128_HMAC_SHA1_80 for SRTP and SRTCP (RFC 3711 §4.1.1, §4.2.1): encrypt, then authenticate.</summary>
internal sealed unsafe class CounterModeSha1Cipher : SrtpCipher
{
    private const int TagSize = 10;
    private readonly CounterModeKey _rtpKey, _rtcpKey;
    private readonly HmacSha1 _rtpTag, _rtcpTag;
    private readonly Vector128<uint> _rtpSalt, _rtcpSalt;

    /// <summary>Takes session keys: encryption 16 bytes, authentication 20, salts 14.</summary>
    public CounterModeSha1Cipher(CounterModeSessionKeys rtp, CounterModeSessionKeys rtcp, bool native = true)
    {
        _rtpKey = new CounterModeKey(rtp.Encryption, native);
        _rtcpKey = new CounterModeKey(rtcp.Encryption, native);
        _rtpTag = new HmacSha1(rtp.Authentication, native);
        _rtcpTag = new HmacSha1(rtcp.Authentication, native);
        _rtpSalt = Salt(rtp.Salt);
        _rtcpSalt = Salt(rtcp.Salt);
    }

    public override int RtpOverhead => TagSize;

    public override int RtcpOverhead => sizeof(uint) + TagSize;

    [SkipLocalsInit]
    public override void SealRtp(byte* packet, int headerLength, byte* payload, int payloadLength, uint rolloverCounter)
    {
        var body = packet + headerLength;
        _rtpKey.Xor(Counter(*(uint*)(packet + 8), RtpIndex(packet, rolloverCounter), _rtpSalt), payload, body, payloadLength);

        // The tag covers the rollover counter, which is not sent (RFC 3711 §4.2).
        var digest = stackalloc byte[HmacSha1.DigestSize];
        _rtpTag.Compute(packet, headerLength + payloadLength, BinaryPrimitives.ReverseEndianness(rolloverCounter), digest);
        Unsafe.CopyBlockUnaligned(body + payloadLength, digest, TagSize);
    }

    [SkipLocalsInit]
    public override bool OpenRtp(byte* packet, int headerLength, int payloadLength, uint rolloverCounter)
    {
        var body = packet + headerLength;
        var digest = stackalloc byte[HmacSha1.DigestSize];
        _rtpTag.Compute(packet, headerLength + payloadLength, BinaryPrimitives.ReverseEndianness(rolloverCounter), digest);
        if (!SameTag(digest, body + payloadLength)) return false;

        _rtpKey.Xor(Counter(*(uint*)(packet + 8), RtpIndex(packet, rolloverCounter), _rtpSalt), body, body, payloadLength);
        return true;
    }

    [SkipLocalsInit]
    public override void SealRtcp(byte* packet, int length, uint index)
    {
        var body = packet + RtcpHeaderLength;
        _rtcpKey.Xor(Counter(*(uint*)(packet + 4), index, _rtcpSalt), body, body, length - RtcpHeaderLength);

        var word = BinaryPrimitives.ReverseEndianness(index | EncryptedBit);
        *(uint*)(packet + length) = word;
        var digest = stackalloc byte[HmacSha1.DigestSize];
        _rtcpTag.Compute(packet, length, word, digest);
        Unsafe.CopyBlockUnaligned(packet + length + sizeof(uint), digest, TagSize);
    }

    public override int RtcpIndexOffset(int length) => length - TagSize - sizeof(uint);

    [SkipLocalsInit]
    public override bool OpenRtcp(byte* packet, int length, uint index)
    {
        var clear = length - RtcpOverhead;
        var digest = stackalloc byte[HmacSha1.DigestSize];
        _rtcpTag.Compute(packet, clear, *(uint*)(packet + clear), digest);
        if (!SameTag(digest, packet + length - TagSize)) return false;

        var body = packet + RtcpHeaderLength;
        _rtcpKey.Xor(Counter(*(uint*)(packet + 4), index, _rtcpSalt), body, body, clear - RtcpHeaderLength);
        return true;
    }

    public override void Dispose()
    {
        _rtpKey.Dispose();
        _rtcpKey.Dispose();
        _rtpTag.Dispose();
        _rtcpTag.Dispose();
    }

    private static bool SameTag(byte* digest, byte* tag) =>
        CryptographicOperations.FixedTimeEquals(new ReadOnlySpan<byte>(digest, TagSize), new ReadOnlySpan<byte>(tag, TagSize));

    private static ulong RtpIndex(byte* packet, uint rolloverCounter) =>
        ((ulong)rolloverCounter << 16) | BinaryPrimitives.ReverseEndianness(*(ushort*)(packet + 2));

    // IV = (k_s * 2^16) XOR (SSRC * 2^64) XOR (i * 2^16)   (RFC 3711 §4.1.1); the SSRC is in network order, the index a number.
    private static Vector128<uint> Counter(uint ssrc, ulong index, Vector128<uint> salt)
    {
        var words = Vector128.Create(0, ssrc, BinaryPrimitives.ReverseEndianness((uint)(index >> 16)), (uint)index << 16);
        return words ^ salt;
    }

    private static Vector128<uint> Salt(ReadOnlySpan<byte> salt)
    {
        Span<byte> padded = stackalloc byte[16];
        padded.Clear();
        salt[..14].CopyTo(padded);
        var words = Vector128.Create<byte>(padded).AsUInt32();
        return words.WithElement(3, BinaryPrimitives.ReverseEndianness(words[3]));
    }
}

/// <summary>Session keys of one of SRTP or SRTCP in counter mode.</summary>
internal readonly ref struct CounterModeSessionKeys(ReadOnlySpan<byte> encryption, ReadOnlySpan<byte> authentication, ReadOnlySpan<byte> salt)
{
    public ReadOnlySpan<byte> Encryption { get; } = encryption;

    public ReadOnlySpan<byte> Authentication { get; } = authentication;

    public ReadOnlySpan<byte> Salt { get; } = salt;
}
