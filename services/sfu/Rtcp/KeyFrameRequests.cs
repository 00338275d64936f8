namespace LiveStream.Sfu.Rtcp;

/// <summary>
/// Throttle of key frame requests to one encoder (RFC 4585 §6.3.1 PLI, RFC 5104 §4.3.1 FIR): many viewers ask, the
/// publisher is asked at most once each interval, and again while no key frame has come. Pure.
/// </summary>
public sealed class KeyFrameRequests
{
    private const long MinimumIntervalMicroseconds = 300_000, RepeatMicroseconds = 500_000;
    private const int MaximumRepeats = 12;

    private bool _wanted;
    private long _lastSent = long.MinValue / 2;
    private int _sent;

    /// <summary>Someone needs a key frame.</summary>
    public void Request()
    {
        if (!_wanted) _sent = 0;
        _wanted = true;
    }

    /// <summary>A key frame began to arrive.</summary>
    public void OnKeyFrame() => _wanted = false;

    /// <summary>True when a request is to be sent now; the caller sends it.</summary>
    public bool TrySend(long nowMicroseconds)
    {
        if (!_wanted) return false;
        var interval = _sent == 0 ? MinimumIntervalMicroseconds : RepeatMicroseconds;
        if (nowMicroseconds - _lastSent < interval) return false;
        if (_sent == MaximumRepeats)
        {
            _wanted = false;
            return false;
        }

        _sent++;
        _lastSent = nowMicroseconds;
        return true;
    }
}
