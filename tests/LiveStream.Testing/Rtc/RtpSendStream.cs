using LiveStream.Sfu.Srtp;
using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Testing.Rtc;

/// <summary>What a send stream is.</summary>
/// <param name="Ssrc">Synchronisation source.</param>
/// <param name="Codec">Codec, with payload types and clock rate.</param>
/// <param name="Mid">Section; goes into the MID extension of the first packets.</param>
/// <param name="Rid">Simulcast layer, or null.</param>
/// <param name="RtxSsrc">Source of retransmissions (RFC 4588); 0 resends the packet itself.</param>
public sealed record RtpSendStreamOptions(uint Ssrc, RtcCodec Codec, string Mid, string? Rid = null, uint RtxSsrc = 0);

/// <summary>
/// One outgoing SSRC of a client: numbers packets, writes headers, protects, keeps what a NACK may ask for, and knows its
/// sender report. Not thread-safe; <see cref="RtcSession"/> owns it.
/// </summary>
public sealed class RtpSendStream
{
    /// <summary>Largest packet that is written.</summary>
    public const int MaxPacketSize = 1500;

    private const int HistorySize = 512;

    private readonly History[] _history = new History[HistorySize];
    private readonly byte[] _mid, _rid, _scratch = new byte[TransportSequenceNumber.Size];
    private long _index, _rtxIndex;
    private uint _packetCount, _octetCount, _lastTimestamp;
    private TimeSpan _lastSentAt;

    private int _untilLoss;
    private int _toLose;

    internal RtpSendStream(RtpSendStreamOptions options, Random random)
    {
        Options = options;
        _mid = System.Text.Encoding.ASCII.GetBytes(options.Mid);
        _rid = System.Text.Encoding.ASCII.GetBytes(options.Rid ?? "");
        NamedPackets = options.Rid is null ? 64 : long.MaxValue;
        // The upper half is left out, so that a first packet lost on the way cannot be taken for the round before (RFC 3711 §3.3.1).
        _index = random.Next(0x8000);
        _rtxIndex = random.Next(0x8000);
    }

    /// <summary>What the stream is.</summary>
    public RtpSendStreamOptions Options { get; }

    /// <summary>
    /// Packets that say mid and rid: browsers leave both out once a report acknowledged the SSRC. Set, it counts from the first one.
    /// </summary>
    public long NamedPackets { get; set; }

    /// <summary>Media packets sent, retransmissions left out.</summary>
    public long PacketsSent => _packetCount;

    /// <summary>Packets sent again.</summary>
    public long Retransmitted { get; private set; }

    /// <summary>Whether anything was sent, so that a sender report has something to say.</summary>
    public bool HasSent => _packetCount > 0;

    /// <summary>The 48-bit packet index of the next packet (RFC 3711 §3.3.1).</summary>
    public long NextIndex => _index;

    /// <summary>Plays loss on the way: after <paramref name="after"/> more packets, the next <paramref name="count"/> are not sent.</summary>
    public void DropNext(int after, int count) => (_untilLoss, _toLose) = (after, count);

    /// <summary>True where the packet just written is one to lose.</summary>
    internal bool TakeLoss()
    {
        if (_toLose == 0 || _untilLoss-- > 0) return false;
        _toLose--;
        return true;
    }

    internal int Write(
        Span<byte> destination, SrtpSender srtp, bool marker, uint timestamp, ReadOnlySpan<byte> payload,
        ushort transportSequence, bool voice, TimeSpan now)
    {
        ref var entry = ref _history[_index % HistorySize];
        entry.Packet ??= new byte[MaxPacketSize];
        entry.Index = _index;
        var header = RtpWriter.WriteFixedHeader(
            entry.Packet, marker, Options.Codec.PayloadType, (ushort)_index, timestamp, Options.Ssrc, hasExtension: true, hasPadding: false);
        header += WriteExtensions(entry.Packet.AsSpan(header), transportSequence, RtcExtensionIds.RtpStreamId, voice);
        payload.CopyTo(entry.Packet.AsSpan(header));
        (entry.HeaderLength, entry.Length) = (header, header + payload.Length);

        entry.Packet.AsSpan(0, header).CopyTo(destination);
        var length = srtp.ProtectRtp(destination, header, payload, (uint)(_index >> 16));
        _index++;
        _packetCount++;
        _octetCount += (uint)payload.Length;
        (_lastTimestamp, _lastSentAt) = (timestamp, now);
        return length;
    }

    /// <summary>Writes the packet again, as RTX where negotiated; 0 if it is not kept any more.</summary>
    internal int WriteAgain(Span<byte> destination, SrtpSender srtp, ushort sequenceNumber, ushort transportSequence)
    {
        // The newest index with these low 16 bits.
        var index = _index - 1 - (ushort)((ushort)(_index - 1) - sequenceNumber);
        ref var entry = ref _history[(index % HistorySize + HistorySize) % HistorySize];
        if (entry.Packet is null || entry.Index != index) return 0;
        Retransmitted++;
        var packet = entry.Packet.AsSpan(0, entry.Length);
        if (Options.RtxSsrc == 0)
        {
            packet[..entry.HeaderLength].CopyTo(destination);
            return srtp.ProtectRtp(destination, entry.HeaderLength, packet[entry.HeaderLength..], (uint)(index >> 16));
        }

        _ = RtpPacketView.TryParse(packet, out var original);
        var header = RtpWriter.WriteFixedHeader(
            destination, original.Marker, Options.Codec.RtxPayloadType, (ushort)_rtxIndex, original.Timestamp, Options.RtxSsrc,
            hasExtension: true, hasPadding: false);
        header += WriteExtensions(destination[header..], transportSequence, RtcExtensionIds.RepairedRtpStreamId, voice: false);
        Span<byte> payload = stackalloc byte[MaxPacketSize];
        var prefix = RtxPacket.WriteOriginalSequenceNumber(payload, sequenceNumber);
        original.Payload.CopyTo(payload[prefix..]);
        var length = srtp.ProtectRtp(destination, header, payload[..(prefix + original.Payload.Length)], (uint)(_rtxIndex >> 16));
        _rtxIndex++;
        return length;
    }

    /// <summary>Sender report (RFC 3550 §6.4.1) for the instant <paramref name="now"/>, whose wall-clock time is given.</summary>
    internal int WriteSenderReport(Span<byte> destination, TimeSpan now, DateTimeOffset wallClock)
    {
        var timestamp = _lastTimestamp + (uint)((now - _lastSentAt).TotalSeconds * Options.Codec.ClockRate);
        return RtcpWriter.WriteSenderReport(destination, Options.Ssrc, NtpTimestamp(wallClock), timestamp, _packetCount, _octetCount, []);
    }

    // 32.32 fixed point seconds since 1900 (RFC 5905 §6).
    private static ulong NtpTimestamp(DateTimeOffset time)
    {
        var ticks = (UInt128)(ulong)(time - new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero)).Ticks;
        return (ulong)((ticks << 32) / TimeSpan.TicksPerSecond);
    }

    private int WriteExtensions(Span<byte> destination, ushort transportSequence, byte ridExtension, bool voice)
    {
        var extensions = new OneByteExtensionWriter(destination);
        new TransportSequenceNumber(transportSequence).Write(_scratch);
        extensions.Add(RtcExtensionIds.TransportSequenceNumber, _scratch);
        if (_packetCount < NamedPackets)
        {
            extensions.Add(RtcExtensionIds.Mid, _mid);
            if (_rid.Length > 0) extensions.Add(ridExtension, _rid);
        }
        if (Options.Codec.Kind == "audio")
        {
            new AudioLevel(voice ? (byte)30 : (byte)127, voice).Write(_scratch);
            extensions.Add(RtcExtensionIds.AudioLevel, _scratch.AsSpan(0, AudioLevel.Size));
        }
        return extensions.Finish();
    }

    private struct History
    {
        public byte[]? Packet;
        public long Index;
        public int HeaderLength, Length;
    }
}
