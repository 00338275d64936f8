using System.Diagnostics;

namespace LiveStream.Benchmarks.Server;

/// <summary>
/// CPU time of a process in each second of a window. On a virtual machine the same work costs up to twice as much while a neighbour is
/// busy, for seconds or minutes: seconds can be told apart where one figure over all of them cannot.
/// </summary>
/// <param name="Threads">What each thread used in the whole window.</param>
/// <param name="Length">Length of the window.</param>
/// <param name="Shares">For each second in which the process was measured: CPU time by wall time, ascending.</param>
internal sealed record CpuSlices(IReadOnlyList<ThreadUsage> Threads, TimeSpan Length, IReadOnlyList<double> Shares)
{
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    /// <summary>CPU time of all threads in the window.</summary>
    public TimeSpan Cpu => Sum(Threads);

    /// <summary>CPU time that the window takes where every second of it costs what a quarter of them stay at or below.</summary>
    public TimeSpan QuietCpu => Length * Shares[(Shares.Count - 1) / 4];

    /// <summary>Measures for a while.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="window">How long; at least a second.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<CpuSlices> MeasureAsync(int processId, TimeSpan window, CancellationToken cancellationToken)
    {
        var shares = new List<double>();
        var clock = Stopwatch.StartNew();
        var first = ProcessUsage.ReadThreads(processId);
        var (last, lastAt) = (first, TimeSpan.Zero);
        do
        {
            await Task.Delay(Slice, cancellationToken);
            var (next, at) = (ProcessUsage.ReadThreads(processId), clock.Elapsed);
            shares.Add(Sum(ProcessUsage.Between(last, next)) / (at - lastAt));
            (last, lastAt) = (next, at);
        }
        while (lastAt < window);

        shares.Sort();
        return new CpuSlices(ProcessUsage.Between(first, last), lastAt, shares);
    }

    private static TimeSpan Sum(IReadOnlyList<ThreadUsage> threads) => TimeSpan.FromTicks(threads.Sum(thread => thread.Cpu.Ticks));
}
