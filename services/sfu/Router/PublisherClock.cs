using LiveStream.Sfu.Rtcp;

namespace LiveStream.Sfu.Router;

/// <summary>
/// The offset of one publisher's NTP clock to ours, from its sender reports. All tracks of the publisher share it, so
/// that sound and picture stay together behind the SFU. Pure.
/// </summary>
internal sealed class PublisherClock
{
    private const int DriftDivisor = 64;
    private long _offset;
    private bool _known;

    /// <summary>A report with the publisher's NTP time arrived (both in Unix microseconds).</summary>
    public void OnSenderReport(long publisherMicroseconds, long arrivedMicroseconds)
    {
        var offset = arrivedMicroseconds - publisherMicroseconds;
        // The quickest report is the truest; a slow rise follows a clock that drifts.
        if (!_known || offset < _offset) _offset = offset;
        else _offset += (offset - _offset) / DriftDivisor;
        _known = true;
    }

    /// <summary>The publisher's RTP time at <paramref name="unixMicroseconds"/> of our clock; false before the first sender report.</summary>
    public bool TryGetTimestamp(ReceptionStatistics statistics, int clockRate, long unixMicroseconds, out uint timestamp)
    {
        timestamp = 0;
        if (!_known || statistics.SenderReportNtp == 0) return false;
        var since = unixMicroseconds - (NtpTime.ToUnixMicroseconds(statistics.SenderReportNtp) + _offset);
        timestamp = unchecked(statistics.SenderReportRtp + (uint)(since * clockRate / 1_000_000));
        return true;
    }
}
