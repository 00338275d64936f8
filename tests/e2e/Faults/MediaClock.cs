using System.Diagnostics;

namespace LiveStream.E2E.Tests.Faults;

/// <summary>How long a viewer was without media: the longest time between two pieces of it since <see cref="Begin"/>.</summary>
internal sealed class MediaClock
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = NewSource();
    private long _last = Stopwatch.GetTimestamp();
    private TimeSpan _longest;

    /// <summary>Counts from now on.</summary>
    public void Begin()
    {
        lock (_gate) (_last, _longest) = (Stopwatch.GetTimestamp(), TimeSpan.Zero);
    }

    /// <summary>Something new was seen or heard.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            var now = Stopwatch.GetTimestamp();
            var gap = Stopwatch.GetElapsedTime(_last, now);
            (_last, _longest) = (now, gap > _longest ? gap : _longest);
        }

        Interlocked.Exchange(ref _next, NewSource()).SetResult();
    }

    /// <summary>The longest gap, the present one included.</summary>
    public TimeSpan Longest
    {
        get
        {
            lock (_gate)
            {
                var gap = Stopwatch.GetElapsedTime(_last);
                return gap > _longest ? gap : _longest;
            }
        }
    }

    /// <summary>Since the last piece.</summary>
    public TimeSpan Silence
    {
        get
        {
            lock (_gate) return Stopwatch.GetElapsedTime(_last);
        }
    }

    /// <summary>Completes when something new has come that often; fails after the limit.</summary>
    public async Task TicksAsync(int count, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        for (var i = 0; i < count; i++) await Volatile.Read(ref _next).Task.WaitAsync(deadline.Token);
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
