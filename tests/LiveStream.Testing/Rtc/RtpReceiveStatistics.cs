using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Testing.Rtc;

/// <summary>
/// What a receiver knows of one SSRC from clear RTP headers: RFC 3550 §6.4.1 report fields, and exact loss by sequence
/// number.
/// </summary>
public sealed class RtpReceiveStatistics(uint ssrc, int clockRate)
{
    private const int SeenWindow = 4096;

    private readonly ulong[] _seen = new ulong[SeenWindow / 64];
    private SequenceUnwrapper _unwrapper;
    private long _highest, _expectedAtReport, _receivedAtReport;
    private uint _lastSenderReport;
    private TimeSpan _lastSenderReportAt, _lastArrival;
    private uint _lastTimestamp;
    private double _jitter;
    private bool _started;

    /// <summary>The stream.</summary>
    public uint Ssrc { get; } = ssrc;

    /// <summary>Payload type of the newest packet.</summary>
    public byte PayloadType { get; private set; }

    /// <summary>Packets received, each sequence number once.</summary>
    public long Received { get; private set; }

    /// <summary>Packets received again.</summary>
    public long Duplicates { get; private set; }

    /// <summary>RTP payload bytes of <see cref="Received"/>.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>Extended sequence number of the first packet.</summary>
    public long First { get; private set; }

    /// <summary>Highest extended sequence number.</summary>
    public long Highest => _highest;

    /// <summary>Packets that should have come: highest - first + 1.</summary>
    public long Expected => _started ? _highest - First + 1 : 0;

    /// <summary>Sequence numbers that never came.</summary>
    public long Lost => Math.Max(0, Expected - Received);

    /// <summary>Notes a packet; returns its extended sequence number.</summary>
    public long Add(in RtpPacketView packet, TimeSpan now)
    {
        var sequence = _unwrapper.Unwrap(packet.SequenceNumber);
        if (!_started)
        {
            _started = true;
            First = sequence;
            _highest = sequence - 1;
        }
        if (!TryMark(sequence))
        {
            Duplicates++;
            return sequence;
        }
        Received++;
        PayloadType = packet.PayloadType;
        PayloadBytes += packet.Payload.Length;
        if (sequence == _highest) UpdateJitter(packet.Timestamp, now);
        return sequence;
    }

    /// <summary>Notes a sender report, for LSR and DLSR.</summary>
    public void AddSenderReport(ulong ntpTimestamp, TimeSpan now)
    {
        _lastSenderReport = (uint)(ntpTimestamp >> 16);
        _lastSenderReportAt = now;
    }

    /// <summary>The report block since the last call (RFC 3550 §6.4.1, App. A.3).</summary>
    public ReportBlock MakeReport(TimeSpan now)
    {
        var (expectedNow, receivedNow) = (Expected - _expectedAtReport, Received - _receivedAtReport);
        (_expectedAtReport, _receivedAtReport) = (Expected, Received);
        var lostNow = Math.Max(0, expectedNow - receivedNow);
        var fraction = expectedNow <= 0 ? 0 : (byte)Math.Min(255, lostNow * 256 / expectedNow);
        // DLSR counts 1/65536 s.
        var delay = _lastSenderReport == 0 ? 0u : (uint)((now - _lastSenderReportAt).TotalSeconds * 65536);
        return new ReportBlock(Ssrc, (byte)fraction, (int)Math.Min(Lost, 0x7FFFFF), (uint)_highest, (uint)_jitter, _lastSenderReport, delay);
    }

    private bool TryMark(long sequence)
    {
        if (sequence <= _highest - SeenWindow) return false;
        if (sequence - _highest > SeenWindow)
        {
            Array.Clear(_seen);
            _highest = sequence;
        }
        while (_highest < sequence)
        {
            _highest++;
            var cleared = (ulong)_highest % SeenWindow;
            _seen[cleared / 64] &= ~(1ul << (int)(cleared % 64));
        }
        var index = (ulong)sequence % SeenWindow;
        var bit = 1ul << (int)(index % 64);
        if ((_seen[index / 64] & bit) != 0) return false;
        _seen[index / 64] |= bit;
        if (sequence < First) First = sequence;
        return true;
    }

    private void UpdateJitter(uint timestamp, TimeSpan now)
    {
        if (Received > 1)
        {
            var difference = (now - _lastArrival).TotalSeconds * clockRate - (int)(timestamp - _lastTimestamp);
            _jitter += (Math.Abs(difference) - _jitter) / 16;
        }
        (_lastArrival, _lastTimestamp) = (now, timestamp);
    }
}
