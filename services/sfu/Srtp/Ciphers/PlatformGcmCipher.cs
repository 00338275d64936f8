using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>AEAD_AES_128_GCM for SRTP and SRTCP (RFC 7714) by the platform's AES-GCM, for processors without the x86 instructions.</summary>
internal sealed unsafe class PlatformGcmCipher : SrtpCipher
{
    private const int NonceSize = 12;
    private readonly AesGcm _rtp, _rtcp;
    private readonly Vector128<uint> _rtpSalt, _rtcpSalt;

    /// <summary>Takes session keys (16 bytes) and session salts (12 bytes).</summary>
    public PlatformGcmCipher(ReadOnlySpan<byte> rtpKey, ReadOnlySpan<byte> rtpSalt, ReadOnlySpan<byte> rtcpKey, ReadOnlySpan<byte> rtcpSalt)
    {
        _rtp = new AesGcm(rtpKey, GcmLayout.TagSize);
        _rtcp = new AesGcm(rtcpKey, GcmLayout.TagSize);
        _rtpSalt = GcmLayout.Salt(rtpSalt);
        _rtcpSalt = GcmLayout.Salt(rtcpSalt);
    }

    public override int RtpOverhead => GcmLayout.RtpOverhead;

    public override int RtcpOverhead => GcmLayout.RtcpOverhead;

    public override void SealRtp(byte* packet, int headerLength, byte* payload, int payloadLength, uint rolloverCounter)
    {
        var nonce = GcmLayout.RtpNonce(packet, rolloverCounter, _rtpSalt);
        Seal(_rtp, nonce, packet, headerLength, payload, packet + headerLength, payloadLength);
    }

    public override bool OpenRtp(byte* packet, int headerLength, int payloadLength, uint rolloverCounter)
    {
        var nonce = GcmLayout.RtpNonce(packet, rolloverCounter, _rtpSalt);
        return Open(_rtp, nonce, packet, headerLength, packet + headerLength, payloadLength);
    }

    public override void SealRtcp(byte* packet, int length, uint index)
    {
        var word = BinaryPrimitives.ReverseEndianness(index | EncryptedBit);
        var header = stackalloc byte[GcmLayout.RtcpHeaderSize];
        GcmLayout.WriteRtcpHeader(header, packet, word);
        var body = packet + RtcpHeaderLength;
        var nonce = GcmLayout.RtcpNonce(packet, index, _rtcpSalt);
        Seal(_rtcp, nonce, header, GcmLayout.RtcpHeaderSize, body, body, length - RtcpHeaderLength);
        *(uint*)(packet + length + GcmLayout.TagSize) = word;
    }

    public override int RtcpIndexOffset(int length) => length - sizeof(uint);

    public override bool OpenRtcp(byte* packet, int length, uint index)
    {
        var header = stackalloc byte[GcmLayout.RtcpHeaderSize];
        GcmLayout.WriteRtcpHeader(header, packet, *(uint*)(packet + RtcpIndexOffset(length)));
        var nonce = GcmLayout.RtcpNonce(packet, index, _rtcpSalt);
        var bodyLength = length - RtcpHeaderLength - GcmLayout.RtcpOverhead;
        return Open(_rtcp, nonce, header, GcmLayout.RtcpHeaderSize, packet + RtcpHeaderLength, bodyLength);
    }

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    private static void Seal(
        AesGcm key, Vector128<uint> nonce, byte* header, int headerLength, byte* source, byte* destination, int length)
    {
        key.Encrypt(
            new ReadOnlySpan<byte>(&nonce, NonceSize),
            new ReadOnlySpan<byte>(source, length),
            new Span<byte>(destination, length),
            new Span<byte>(destination + length, GcmLayout.TagSize),
            new ReadOnlySpan<byte>(header, headerLength));
    }

    // The platform clears the output when the tag does not match. A packet that fails must stay as it came, so it goes
    // through a scratch buffer.
    private bool Open(AesGcm key, Vector128<uint> nonce, byte* header, int headerLength, byte* data, int length)
    {
        if (_scratch.Length < length) _scratch = new byte[Math.Max(length, 2048)];
        var plaintext = _scratch.AsSpan(0, length);
        try
        {
            key.Decrypt(
                new ReadOnlySpan<byte>(&nonce, NonceSize),
                new ReadOnlySpan<byte>(data, length),
                new ReadOnlySpan<byte>(data + length, GcmLayout.TagSize),
                plaintext,
                new ReadOnlySpan<byte>(header, headerLength));
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        plaintext.CopyTo(new Span<byte>(data, length));
        return true;
    }

    private byte[] _scratch = [];
}
