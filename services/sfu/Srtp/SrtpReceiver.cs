using System.Buffers.Binary;
using LiveStream.Sfu.Srtp.Ciphers;

namespace LiveStream.Sfu.Srtp;

/// <summary>
/// Opens what one transport receives. State of RTP streams is the caller's (<see cref="SrtpReceiveState"/>, one for each
/// SSRC); state changes only after authentication, and a packet that fails stays as it came. Used by one thread at a time.
/// Allocates nothing for RTP, and for RTCP only when a new authentic SSRC turns up.
/// </summary>
public sealed unsafe class SrtpReceiver : IDisposable
{
    private const int RtpFixedHeaderLength = 12, RtcpHeaderLength = 8;
    private const uint EncryptedBit = 0x80000000;
    private readonly SrtcpReplayTable _rtcpReplay = new();
    private readonly SrtpCipher _cipher;
    private bool _disposed;

    internal SrtpReceiver(SrtpCipher cipher) => _cipher = cipher;

    /// <summary>Derives the session keys of one direction.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Key or salt length does not fit the profile, or the profile is none.</exception>
    public static SrtpReceiver Create(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt) =>
        new(SrtpCiphers.Create(profile, masterKey, masterSalt));

    /// <summary>Bytes that protection adds to an RTCP packet.</summary>
    public int RtcpOverhead => _cipher.RtcpOverhead;

    /// <summary>
    /// Authenticates and decrypts one RTP packet in place. <paramref name="headerLength"/> counts the fixed header, CSRC list
    /// and header extension, as parsed from the packet.
    /// </summary>
    /// <param name="packet">The whole SRTP packet, without an MKI.</param>
    /// <param name="headerLength">Bytes that are not encrypted.</param>
    /// <param name="state">State of the SSRC of this packet.</param>
    /// <param name="length">Length of the plain packet, padding included; 0 unless the result is <see cref="SrtpResult.Ok"/>.</param>
    public SrtpResult UnprotectRtp(Span<byte> packet, int headerLength, ref SrtpReceiveState state, out int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        length = 0;
        var plain = packet.Length - _cipher.RtpOverhead;
        if (headerLength < RtpFixedHeaderLength || plain < headerLength) return SrtpResult.TooShort;

        var verdict = state.Estimate(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]), out var index);
        if (verdict != SrtpResult.Ok) return verdict;
        fixed (byte* start = packet)
        {
            if (!_cipher.OpenRtp(start, headerLength, plain - headerLength, (uint)(index >> 16))) return SrtpResult.AuthenticationFailed;
        }

        state.Accept(index);
        length = plain;
        return SrtpResult.Ok;
    }

    /// <summary>Authenticates and decrypts one compound RTCP packet in place. Packets without the E bit are refused.</summary>
    /// <param name="packet">The whole SRTCP packet, without an MKI.</param>
    /// <param name="length">Length of the plain packet; 0 unless the result is <see cref="SrtpResult.Ok"/>.</param>
    public SrtpResult UnprotectRtcp(Span<byte> packet, out int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        length = 0;
        var plain = packet.Length - _cipher.RtcpOverhead;
        if (plain < RtcpHeaderLength) return SrtpResult.TooShort;

        var word = BinaryPrimitives.ReadUInt32BigEndian(packet[_cipher.RtcpIndexOffset(packet.Length)..]);
        if ((word & EncryptedBit) == 0) return SrtpResult.AuthenticationFailed;
        var index = word & ~EncryptedBit;
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        var verdict = _rtcpReplay.Check(ssrc, index);
        if (verdict != SrtpResult.Ok) return verdict;
        fixed (byte* start = packet)
        {
            if (!_cipher.OpenRtcp(start, packet.Length, index)) return SrtpResult.AuthenticationFailed;
        }

        _rtcpReplay.Accept(ssrc, index);
        length = plain;
        return SrtpResult.Ok;
    }

    /// <summary>Wipes the keys.</summary>
    public void Dispose()
    {
        _disposed = true;
        _cipher.Dispose();
    }
}
