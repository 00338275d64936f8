using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LiveStream.Sfu.Interop;

namespace LiveStream.Sfu.Srtp.Ciphers;

/// <summary>AEAD_AES_128_GCM for SRTP and SRTCP (RFC 7714) on the processor's AES and carry-less multiplication.</summary>
internal sealed unsafe class GcmCipher<TKernel> : SrtpCipher
    where TKernel : struct, IGhashKernel
{
    private readonly KeyMemory _keys = new(2 * Gcm<TKernel>.KeySize);
    private readonly Vector128<uint> _rtpSalt, _rtcpSalt;
    private readonly byte* _rtp, _rtcp;

    /// <summary>Takes session keys (16 bytes) and session salts (12 bytes).</summary>
    public GcmCipher(ReadOnlySpan<byte> rtpKey, ReadOnlySpan<byte> rtpSalt, ReadOnlySpan<byte> rtcpKey, ReadOnlySpan<byte> rtcpSalt)
    {
        _rtp = _keys.Pointer;
        _rtcp = _rtp + Gcm<TKernel>.KeySize;
        Gcm<TKernel>.ExpandKey(rtpKey, _rtp);
        Gcm<TKernel>.ExpandKey(rtcpKey, _rtcp);
        _rtpSalt = GcmLayout.Salt(rtpSalt);
        _rtcpSalt = GcmLayout.Salt(rtcpSalt);
    }

    public override int RtpOverhead => GcmLayout.RtpOverhead;

    public override int RtcpOverhead => GcmLayout.RtcpOverhead;

    public override void FetchKeys()
    {
        for (var offset = 0; offset < Gcm<TKernel>.KeySize; offset += CacheLines.Size) CacheLines.Fetch(_rtp + offset);
    }

    public override void SealRtp(byte* packet, int headerLength, byte* payload, int payloadLength, uint rolloverCounter)
    {
        var body = packet + headerLength;
        Gcm<TKernel>.Seal(_rtp, RtpCounter(packet, rolloverCounter), packet, headerLength, payload, body, payloadLength, body + payloadLength);
        GC.KeepAlive(_keys);
    }

    public override bool OpenRtp(byte* packet, int headerLength, int payloadLength, uint rolloverCounter)
    {
        var body = packet + headerLength;
        var authentic = Gcm<TKernel>.Open(
            _rtp, RtpCounter(packet, rolloverCounter), packet, headerLength, body, payloadLength, body + payloadLength);
        GC.KeepAlive(_keys);
        return authentic;
    }

    public override void SealRtcp(byte* packet, int length, uint index)
    {
        var bodyLength = length - RtcpHeaderLength;
        var word = BinaryPrimitives.ReverseEndianness(index | EncryptedBit);
        var header = stackalloc byte[GcmLayout.RtcpHeaderSize];
        GcmLayout.WriteRtcpHeader(header, packet, word);
        var body = packet + RtcpHeaderLength;
        Gcm<TKernel>.Seal(
            _rtcp, RtcpCounter(packet, index), header, GcmLayout.RtcpHeaderSize, body, body, bodyLength, body + bodyLength);
        *(uint*)(packet + length + GcmLayout.TagSize) = word;
        GC.KeepAlive(_keys);
    }

    public override int RtcpIndexOffset(int length) => length - sizeof(uint);

    public override bool OpenRtcp(byte* packet, int length, uint index)
    {
        var bodyLength = length - RtcpHeaderLength - GcmLayout.RtcpOverhead;
        var header = stackalloc byte[GcmLayout.RtcpHeaderSize];
        GcmLayout.WriteRtcpHeader(header, packet, *(uint*)(packet + RtcpIndexOffset(length)));
        var body = packet + RtcpHeaderLength;
        var authentic = Gcm<TKernel>.Open(
            _rtcp, RtcpCounter(packet, index), header, GcmLayout.RtcpHeaderSize, body, bodyLength, body + bodyLength);
        GC.KeepAlive(_keys);
        return authentic;
    }

    public override void Dispose() => _keys.Dispose();

    // The nonce as counter: its last word is the block number, 1 for the tag (SP 800-38D §7.1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<uint> RtpCounter(byte* packet, uint rolloverCounter) => GcmLayout.RtpNonce(packet, rolloverCounter, _rtpSalt);

    private Vector128<uint> RtcpCounter(byte* packet, uint index) => GcmLayout.RtcpNonce(packet, index, _rtcpSalt);
}
