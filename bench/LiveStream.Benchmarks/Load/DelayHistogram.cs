namespace LiveStream.Benchmarks.Load;

/// <summary>Delays in steps of 10 µs up to 1 s; adding allocates nothing.</summary>
internal sealed class DelayHistogram
{
    private const int StepMicroseconds = 10, Steps = 100_000;

    private readonly long[] _counts = new long[Steps + 1];

    public long Count { get; private set; }

    public void Add(TimeSpan delay)
    {
        _counts[Math.Clamp((long)delay.TotalMicroseconds / StepMicroseconds, 0, Steps)]++;
        Count++;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
    }

    /// <summary>Milliseconds that the share of delays does not exceed; NaN without any.</summary>
    public double PercentileMilliseconds(double share)
    {
        if (Count == 0) return double.NaN;
        var rank = (long)Math.Ceiling(Count * share);
        var seen = 0L;
        for (var i = 0; i <= Steps; i++)
        {
            seen += _counts[i];
            if (seen >= rank) return (i + 1) * StepMicroseconds / 1000.0;
        }
        return Steps * StepMicroseconds / 1000.0;
    }
}
