namespace LiveStream.Hosting.Bus;

/// <summary>Pauses between tries of one delivery: doubling up to a limit.</summary>
public sealed class RetrySchedule(TimeSpan first, TimeSpan longest)
{
    private int _failures;

    /// <summary>Failures since the last success.</summary>
    public int Failures => _failures;

    /// <summary>A try succeeded: the next failure begins with the first pause.</summary>
    public void Succeeded() => _failures = 0;

    /// <summary>A try failed: the pause before the next one.</summary>
    public TimeSpan Failed()
    {
        // 2^32 times the shortest pause is beyond every limit.
        var factor = 1L << Math.Min(_failures++, 32);
        return first.Ticks > longest.Ticks / factor ? longest : first * factor;
    }
}
