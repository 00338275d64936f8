namespace LiveStream.Sfu.Rtcp;

/// <summary>
/// Throttle of key frame requests to one encoder (RFC 4585 §6.3.1 PLI, RFC 5104 §4.3.1 FIR): many viewers ask, the
/// publisher is asked at most once each interval, and again as long as no key frame has come: soon at first, then at
/// leisure, since an encoder may be held up for long and a viewer who has seen nothing cannot complain. Pure.
/// </summary>
public sealed class KeyFrameRequests
{
    private const long MinimumIntervalMicroseconds = 300_000, RepeatMicroseconds = 500_000, SlowRepeatMicroseconds = 3_000_000;
    private const int PromptRequests = 12;

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
        var interval = _sent == 0 ? MinimumIntervalMicroseconds : _sent < PromptRequests ? RepeatMicroseconds : SlowRepeatMicroseconds;
        if (nowMicroseconds - _lastSent < interval) return false;
        _sent = Math.Min(_sent + 1, PromptRequests);
        _lastSent = nowMicroseconds;
        return true;
    }
}
