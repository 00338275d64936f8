using LiveStream.Wire.Rtcp;

namespace LiveStream.Testing.Rtc;

/// <summary>Sending media, and RTCP both ways.</summary>
public sealed partial class RtcSession
{
    private readonly List<RtpSendStream> _streams = [];
    private TimeSpan _nextReport, _nextFeedback;
    private long _transportSequence;
    private byte _firSequence;

    /// <summary>Streams that are sent.</summary>
    public IReadOnlyList<RtpSendStream> SendStreams => _streams;

    /// <summary>Whether receiver reports and feedback go out; false plays a silent client.</summary>
    public bool SendsReports { get; set; } = true;

    private TimeSpan NextRtcp => _nextReport < _nextFeedback ? _nextReport : _nextFeedback;

    // The SSRC that reports carry: an own stream when there is one.
    private uint ReportSsrc => _streams.Count > 0 ? _streams[0].Options.Ssrc : Offer.AudioSsrc;

    /// <summary>Adds a stream to send.</summary>
    public RtpSendStream AddStream(RtpSendStreamOptions options)
    {
        var stream = new RtpSendStream(options, _random);
        _streams.Add(stream);
        return stream;
    }

    /// <summary>Sends one packet of at most about 1400 payload bytes; false when not connected.</summary>
    public bool SendRtp(RtpSendStream stream, bool marker, uint timestamp, ReadOnlySpan<byte> payload, TimeSpan now, bool voice = false)
    {
        if (State != RtcSessionState.Connected) return false;
        Span<byte> packet = stackalloc byte[MaxDatagram];
        var length = stream.Write(packet, _srtpSender!, marker, timestamp, payload, (ushort)_transportSequence++, voice, now);
        if (stream.TakeLoss()) return true;
        Send(packet[..length]);
        return true;
    }

    /// <summary>Asks for a key frame of the stream (RFC 4585 §6.3.1).</summary>
    public void SendPli(uint mediaSsrc)
    {
        Span<byte> packet = stackalloc byte[MaxDatagram];
        SendRtcp(packet, RtcpWriter.WritePli(packet, ReportSsrc, mediaSsrc));
    }

    /// <summary>Asks for a key frame of the stream (RFC 5104 §4.3.1).</summary>
    public void SendFir(uint mediaSsrc)
    {
        Span<byte> packet = stackalloc byte[MaxDatagram];
        SendRtcp(packet, RtcpWriter.WriteFir(packet, ReportSsrc, mediaSsrc, _firSequence++));
    }

    /// <summary>Asks for packets again (RFC 4585 §6.2.1); sequence numbers ascending.</summary>
    public void SendNack(uint mediaSsrc, ReadOnlySpan<ushort> lost)
    {
        Span<byte> packet = stackalloc byte[MaxDatagram];
        SendRtcp(packet, RtcpWriter.WriteGenericNack(packet, ReportSsrc, mediaSsrc, lost));
    }

    private void StartRtcp(TimeSpan now)
    {
        // Clients that join together do not report together.
        _nextReport = now + _options.ReportInterval * _random.NextDouble();
        _nextFeedback = now + _options.FeedbackInterval * _random.NextDouble();
    }

    private void SendDueRtcp(TimeSpan now)
    {
        Span<byte> packet = stackalloc byte[MaxDatagram];
        if (now >= _nextFeedback)
        {
            _nextFeedback = Later(_nextFeedback, _options.FeedbackInterval, now);
            if (SendsReports) SendRtcp(packet, Received.WriteTransportFeedback(packet[..1200], ReportSsrc));
        }
        if (now >= _nextReport)
        {
            _nextReport = Later(_nextReport, _options.ReportInterval, now);
            if (!SendsReports) return;
            foreach (var stream in _streams)
            {
                if (!stream.HasSent) continue;
                var length = stream.WriteSenderReport(packet, now, DateTimeOffset.UtcNow);
                length += RtcpWriter.WriteCname(packet[length..], stream.Options.Ssrc, "peer"u8);
                SendRtcp(packet, length);
            }
            if (_options.Offer.Sending) return;
            SendRtcp(packet, Received.WriteReceiverReport(packet[..1200], ReportSsrc, now));
        }
    }

    private void SendBye()
    {
        Span<byte> packet = stackalloc byte[MaxDatagram];
        // A compound starts with a report (RFC 3550 §6.1).
        var length = RtcpWriter.WriteReceiverReport(packet, ReportSsrc, []);
        length += RtcpWriter.WriteBye(packet[length..], ReportSsrc);
        SendRtcp(packet, length);
    }

    private void SendRtcp(Span<byte> packet, int length)
    {
        if (length == 0 || State != RtcSessionState.Connected) return;
        length = _srtpSender!.ProtectRtcp(packet, length);
        if (length > 0) Send(packet[..length]);
    }

    private void ReceiveRtcp(Span<byte> datagram, TimeSpan now)
    {
        if (_srtpReceiver is null || _srtpReceiver.UnprotectRtcp(datagram, out var length) != Sfu.Srtp.SrtpResult.Ok) return;
        var reader = new RtcpReader(datagram[..length]);
        while (reader.TryRead(out var packet))
        {
            if (SenderReport.TryParse(packet, out var report)) Received.AddSenderReport(report, now);
            else if (GenericNack.TryParse(packet, out var nack)) Resend(nack);
            _observer.OnRtcp(this, packet);
        }
    }

    private void Resend(in GenericNack nack)
    {
        var ssrc = nack.MediaSsrc;
        var stream = _streams.Find(stream => stream.Options.Ssrc == ssrc);
        if (stream is null) return;
        Span<ushort> lost = stackalloc ushort[GenericNack.SequenceNumbersPerEntry * 32];
        var count = nack.CopySequenceNumbers(lost);
        Span<byte> packet = stackalloc byte[MaxDatagram];
        foreach (var sequence in lost[..Math.Min(count, lost.Length)])
        {
            var length = stream.WriteAgain(packet, _srtpSender!, sequence, (ushort)_transportSequence);
            if (length == 0) continue;
            if (stream.Options.RtxSsrc != 0) _transportSequence++;
            Send(packet[..length]);
        }
    }

    private static TimeSpan Later(TimeSpan due, TimeSpan interval, TimeSpan now) =>
        due + interval > now ? due + interval : now + interval;
}
