using LiveStream.Wire.Rtcp;

namespace LiveStream.Sfu.Rtcp;

/// <summary>What a receiver report says of one incoming stream (RFC 3550 §6.4.1, App. A.3 and A.8). Pure.</summary>
public sealed class ReceptionStatistics(int clockRate)
{
    // No sender holds media back for so long, or knows it so long before it is sent.
    private const int SecondsApart = 2;

    private long _first = -1;
    private long _highest;
    private long _received;
    private long _expectedPrior;
    private long _receivedPrior;
    private double _jitter;
    private long _lastTransit;
    private bool _hasTransit;
    private ulong _lastReportNtp;
    private long _lastReportArrival;

    /// <summary>NTP time of the last sender report that fits the media; 0 before one.</summary>
    public ulong SenderReportNtp { get; private set; }

    /// <summary>RTP time of that report.</summary>
    public uint SenderReportRtp { get; private set; }

    /// <summary>Packets received, duplicates left out.</summary>
    public long PacketsReceived => _received;

    /// <summary>Notes one packet that came by itself (not by RTX).</summary>
    public void OnPacket(long sequenceNumber, uint timestamp, long arrivedAt)
    {
        if (_first < 0) _first = _highest = sequenceNumber;
        if (sequenceNumber > _highest) _highest = sequenceNumber;
        _received++;
        var transit = (arrivedAt * clockRate / 1_000_000) - timestamp;
        if (_hasTransit)
        {
            // 32-bit difference, because the timestamp wraps; widened again, because its lowest value has no opposite.
            var difference = Math.Abs((long)(int)(transit - _lastTransit));
            _jitter += (difference - _jitter) / 16;
        }

        _lastTransit = transit;
        _hasTransit = true;
    }

    /// <summary>
    /// Notes a sender report of the stream. False when its RTP time is not that of the media, by which nothing can then be
    /// aligned: webrtcbin of GStreamer 1.22 lets it run at twice the speed.
    /// </summary>
    public bool OnSenderReport(ulong ntpTimestamp, uint rtpTimestamp, long nowMicroseconds)
    {
        (_lastReportNtp, _lastReportArrival) = (ntpTimestamp, nowMicroseconds);
        var transit = (nowMicroseconds * clockRate / 1_000_000) - rtpTimestamp;
        if (_hasTransit && Math.Abs((long)(int)(transit - _lastTransit)) > (long)SecondsApart * clockRate) return false;
        (SenderReportNtp, SenderReportRtp) = (ntpTimestamp, rtpTimestamp);
        return true;
    }

    /// <summary>The report block since the last one.</summary>
    public ReportBlock MakeReport(uint ssrc, long nowMicroseconds)
    {
        var expected = _first < 0 ? 0 : _highest - _first + 1;
        var lost = Math.Clamp(expected - _received, -0x800000, 0x7FFFFF);
        var expectedInterval = expected - _expectedPrior;
        var lostInterval = expectedInterval - (_received - _receivedPrior);
        _expectedPrior = expected;
        _receivedPrior = _received;
        var fraction = expectedInterval <= 0 || lostInterval <= 0 ? 0 : Math.Min(255, (lostInterval << 8) / expectedInterval);
        // Middle 32 bits of the NTP time, and the delay in 1/65536 s.
        var lastReport = (uint)(_lastReportNtp >> 16);
        var delay = _lastReportNtp == 0 ? 0u : (uint)((nowMicroseconds - _lastReportArrival) * 65536 / 1_000_000);
        return new ReportBlock(ssrc, (byte)fraction, (int)lost, (uint)_highest, (uint)Math.Min(_jitter, uint.MaxValue), lastReport, delay);
    }
}
