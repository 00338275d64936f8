namespace LiveStream.Sfu.Workers;

/// <summary>
/// How long a worker with many clients sleeps before it looks at its sockets again. To be woken costs more than a packet
/// does: what hundreds of viewers report comes one by one, and is taken together instead. Pure; worker thread only.
/// </summary>
internal sealed class TurnPace
{
    /// <summary>From so many transports on.</summary>
    public const int ManyTransports = 16;

    /// <summary>From the begin of a turn that received the first packets of a frame to the next one: a frame that comes at once is there then.</summary>
    public const long FrameMicroseconds = 1_000;

    /// <summary>
    /// From the begin of a turn that received only what clients report to the next one. Less than media is held for, which
    /// counts from its arrival: most of what arrives meanwhile leaves when it would have left.
    /// </summary>
    public const long ReportMicroseconds = 2_000;

    private long _next;
    private long _lastDue = long.MaxValue;

    /// <summary>Microseconds to sleep before the next turn, whatever arrives; 0 where the worker waits for what comes.</summary>
    public long PauseAt(long nowMicroseconds) => Math.Max(0, _next - nowMicroseconds);

    /// <summary>Notes a turn.</summary>
    /// <param name="beganAt">When it began, in the worker's microseconds.</param>
    /// <param name="forwardDue">When the packets leave that wait for the rest of their frame; <see cref="long.MaxValue"/> without any.</param>
    /// <param name="holdsFrame">Video is among them.</param>
    /// <param name="received">It received something.</param>
    /// <param name="transports">Transports of the worker.</param>
    public void AfterTurn(long beganAt, long forwardDue, bool holdsFrame, bool received, int transports)
    {
        // A frame that comes at once is complete at the second look. One that is not then is spread, and no further look pays;
        // nor does one where nothing but sound waits.
        var looked = forwardDue != long.MaxValue && (forwardDue == _lastDue || !holdsFrame);
        _lastDue = forwardDue;
        if (transports < ManyTransports) _next = 0;
        else if (looked) _next = forwardDue;
        else if (forwardDue != long.MaxValue) _next = Math.Min(beganAt + FrameMicroseconds, forwardDue);
        else if (received) _next = beganAt + ReportMicroseconds;
        else _next = 0;
    }
}
