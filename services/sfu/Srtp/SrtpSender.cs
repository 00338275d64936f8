using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using LiveStream.Sfu.Interop;
using LiveStream.Sfu.Srtp.Ciphers;

namespace LiveStream.Sfu.Srtp;

/// <summary>
/// Protects what one transport sends. Keeps no state of RTP streams: the caller owns the 48-bit index (rollover counter and
/// sequence number) and must never give two different payloads the same SSRC and index. Used by one thread at a time;
/// <see cref="ProtectRtp"/> and <see cref="ProtectRtcp"/> allocate nothing.
/// </summary>
public sealed unsafe class SrtpSender : IDisposable
{
    private const int RtpFixedHeaderLength = 12, RtcpHeaderLength = 8;
    private const uint LastRtcpIndex = 0x7FFFFFFF;
    private readonly SrtpCipher _cipher;
    private uint _rtcpIndex;
    private bool _disposed;

    internal SrtpSender(SrtpCipher cipher)
    {
        _cipher = cipher;
        RtpOverhead = cipher.RtpOverhead;
        RtcpOverhead = cipher.RtcpOverhead;
    }

    /// <summary>Bytes that an RTP packet grows by.</summary>
    public int RtpOverhead { get; }

    /// <summary>Bytes that an RTCP packet grows by.</summary>
    public int RtcpOverhead { get; }

    /// <summary>Derives the session keys of one direction.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Key or salt length does not fit the profile, or the profile is none.</exception>
    public static SrtpSender Create(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt) =>
        new(SrtpCiphers.Create(profile, masterKey, masterSalt));

    /// <summary>
    /// Protects one RTP packet. The clear header already stands in <c>packet[..headerLength]</c>; SSRC and sequence number are
    /// read from it. <paramref name="payload"/> is encrypted to the bytes behind the header, the tag follows. Payload and
    /// packet are separate memory, or the payload is exactly the part of the packet it is written to.
    /// </summary>
    /// <returns>Length of the protected packet: header + payload + <see cref="RtpOverhead"/>.</returns>
    /// <exception cref="ArgumentException">The packet span is too small, or the header shorter than 12 bytes.</exception>
    public int ProtectRtp(Span<byte> packet, int headerLength, ReadOnlySpan<byte> payload, uint rolloverCounter)
    {
        var total = headerLength + payload.Length + RtpOverhead;
        if (_disposed || headerLength < RtpFixedHeaderLength || total > packet.Length) ThrowUnusable();
        fixed (byte* start = packet, source = payload)
        {
            _cipher.SealRtp(start, headerLength, source, payload.Length, rolloverCounter);
        }

        return total;
    }

    /// <summary>
    /// Protects one compound RTCP packet of <paramref name="length"/> bytes in place, under the next SRTCP index.
    /// </summary>
    /// <returns>
    /// Length of the protected packet: length + <see cref="RtcpOverhead"/>; 0 when all 2^31 indices are used up (RFC 3711
    /// §9.2), in which case the packet must not be sent.
    /// </returns>
    /// <exception cref="ArgumentException">The span is too small, or the packet shorter than 8 bytes.</exception>
    public int ProtectRtcp(Span<byte> packet, int length)
    {
        if (_disposed || length < RtcpHeaderLength || length + RtcpOverhead > packet.Length) ThrowUnusable();
        if (_rtcpIndex == LastRtcpIndex) return 0;
        fixed (byte* start = packet)
        {
            _cipher.SealRtcp(start, length, ++_rtcpIndex);
        }

        return length + RtcpOverhead;
    }

    /// <summary>Fetches into the processor's cache what <see cref="FetchKeys"/> reads.</summary>
    internal void FetchCipher() => CacheLines.FetchLarge(_cipher);

    /// <summary>Fetches into the processor's cache what protecting a packet reads.</summary>
    internal void FetchKeys() => _cipher.FetchKeys();

    /// <summary>Wipes the keys.</summary>
    public void Dispose()
    {
        _disposed = true;
        _cipher.Dispose();
    }

    [DoesNotReturn, MethodImpl(MethodImplOptions.NoInlining)]
    private void ThrowUnusable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        throw new ArgumentException("The packet span must hold a whole header, the payload and the overhead.");
    }
}
