using LiveStream.Benchmarks.Load;
using LiveStream.Benchmarks.Server;

namespace LiveStream.Benchmarks.Hls;

/// <summary>What the server and its FFmpeg children used in a span of time.</summary>
internal sealed record UsageWindow
{
    /// <summary>Begin and end, time since 1970.</summary>
    public required (TimeSpan Begin, TimeSpan End) Span { get; init; }

    /// <summary>Threads of the server.</summary>
    public required IReadOnlyList<ThreadUsage> Server { get; init; }

    /// <summary>Threads of its children.</summary>
    public required IReadOnlyList<ThreadUsage> Children { get; init; }

    /// <summary>Processor time of this process.</summary>
    public required TimeSpan Own { get; init; }

    /// <summary>Managed bytes that the server allocated.</summary>
    public required double AllocatedBytes { get; init; }

    public TimeSpan Length => Span.End - Span.Begin;

    public double ServerPercent => Percent(Server, thread => thread.Cpu);

    public double ChildrenPercent => Percent(Children, thread => thread.Cpu);

    public double TotalPercent => ServerPercent + ChildrenPercent;

    /// <summary>Time that their threads were ready and other processes had the processor.</summary>
    public double WaitPercent => Percent(Server, thread => thread.Waiting) + Percent(Children, thread => thread.Waiting);

    public double OwnPercent => 100 * Own / Length;

    public double AllocatedKilobytesPerSecond => AllocatedBytes / 1024 / Length.TotalSeconds;

    /// <summary>Watches the server for a time.</summary>
    public static async Task<UsageWindow> MeasureAsync(ServerProcess server, TimeSpan length, CancellationToken cancellationToken)
    {
        // A reading of the metrics costs the server memory and time too: time is read inside the two readings, and the
        // memory of one reading, found from two in a row, is taken off.
        const string allocated = "dotnet_gc_allocated_bytes_total";
        var first = await server.ReadMetricsAsync(cancellationToken);
        var before = await server.ReadMetricsAsync(cancellationToken);
        var (begin, threads, children, own) = Read(server.Id);
        await Task.Delay(length, cancellationToken);
        var (end, threadsAfter, childrenAfter, ownAfter) = Read(server.Id);
        var after = await server.ReadMetricsAsync(cancellationToken);
        return new UsageWindow
        {
            Span = (begin, end),
            Server = ProcessUsage.Between(threads, threadsAfter),
            Children = ProcessUsage.Between(children, childrenAfter),
            Own = ownAfter - own,
            AllocatedBytes = after.Since(before, allocated) - before.Since(first, allocated),
        };
    }

    private static (TimeSpan At, Dictionary<int, ThreadUsage> Threads, Dictionary<int, ThreadUsage> Children, TimeSpan Own) Read(int processId) =>
    (
        LoadNative.Now,
        ProcessUsage.ReadThreads(processId),
        ProcessChildren.Of(processId).SelectMany(ProcessUsage.ReadThreads).ToDictionary(pair => pair.Key, pair => pair.Value),
        Environment.CpuUsage.TotalTime);

    private double Percent(IReadOnlyList<ThreadUsage> threads, Func<ThreadUsage, TimeSpan> time) =>
        100 * TimeSpan.FromTicks(threads.Sum(thread => time(thread).Ticks)) / Length;
}
