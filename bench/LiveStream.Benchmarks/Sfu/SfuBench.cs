using LiveStream.Benchmarks.Load;
using LiveStream.Benchmarks.Reporting;
using LiveStream.Benchmarks.Server;
using LiveStream.Testing.Rtc;

namespace LiveStream.Benchmarks.Sfu;

/// <summary>What <see cref="SfuBench"/> measures.</summary>
internal sealed record SfuBenchOptions
{
    /// <summary>The all-in-one program.</summary>
    public required string ServerDll { get; init; }

    /// <summary>Numbers of viewers.</summary>
    public IReadOnlyList<int> Viewers { get; init; } = [10, 50, 200];

    /// <summary>Shapes of frames.</summary>
    public IReadOnlyList<FrameShape> Shapes { get; init; } = [FrameShape.Spread, FrameShape.Burst];

    /// <summary>Kinds of receivers.</summary>
    public IReadOnlyList<Receivers> Receivers { get; init; } = [Load.Receivers.Coalescing, Load.Receivers.Plain, Load.Receivers.Woken];

    /// <summary>Time with one viewer, and again with all, before measuring: tiered compilation settles.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Measured time.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>
/// One publisher (1.5 Mbit/s video, Opus) to many real-time viewers through the whole product as a process of its own, over
/// loopback UDP. Each row has a fresh server. CPU is that of all threads of the server during a steady window.
/// </summary>
internal static class SfuBench
{
    // Waiting for a processor beyond this share of the window, and beyond what the load takes where it shares that
    // processor, makes delays a matter of the other processes.
    private const double BusyShare = 0.05;

    // The whole server takes a tenth of one processor.
    public const double CompilingShare = 0.0005;

    public const int WarmUpRounds = 4;

    private static readonly TimeSpan MetricsInterval = TimeSpan.FromMilliseconds(250);

    private static readonly BenchColumn[] Columns =
    [
        new("shape", "shape"),
        new("receivers", "receivers"),
        new("viewers", "viewers"),
        new("packets", "packets"),
        new("cpu_us_per_packet", "CPU us/packet", "0.00"),
        new("quiet_cpu_us_per_packet", "quiet us", "0.00"),
        new("bare_send_us_per_packet", "bare send us", "0.00"),
        new("cpu_of_bare_sends", "ratio", "0.00"),
        new("cpu_percent", "CPU %", "0.0"),
        new("runqueue_wait_percent", "wait %", "0.0"),
        new("generator_cpu_percent", "load gen %", "0.0"),
        new("loss_percent", "loss %", "0.0000"),
        new("delay_p50_ms", "p50 ms", "0.00"),
        new("delay_p99_ms", "p99 ms", "0.00"),
        new("rss_kb_per_viewer", "RSS KB/viewer", "0"),
        new("rss_mb", "RSS MB", "0"),
        new("allocated_bytes_per_packet", "alloc B/packet", "0.000"),
        new("process_allocated_kb_per_second", "process KB/s", "0"),
        new("datagrams_per_message", "datagrams/message", "0.00"),
        new("starved_viewers", "starved"),
        new("key_frames", "key frames"),
    ];

    public static async Task<BenchReport> RunAsync(SfuBenchOptions options, TextWriter progress, CancellationToken cancellationToken)
    {
        var report = new BenchReport("sfu", Columns);
        foreach (var receivers in options.Receivers)
        {
            foreach (var shape in options.Shapes)
            {
                foreach (var viewers in options.Viewers)
                {
                    await progress.WriteLineAsync($"# {shape}, {viewers} viewers, {Name(receivers)} …");
                    await MeasureAsync(report, options, receivers, shape, viewers, cancellationToken);
                }
            }
        }
        if (Environment.ProcessorCount == 1) report.Note("Server and load share one processor: no memory goes from one processor's cache to another's on loopback's account.");
        report.Note("CPU: all threads of the server (/proc/PID/task/*/schedstat) in the window, by packets that viewers received.");
        report.Note("Quiet: what a quarter of the window's seconds stay at or below. The same work costs more while another machine on the same processor is busy, never less.");
        report.Note("Alloc: managed memory that the threads of the packet path allocate; process: that everything allocates, timers and reports included.");
        report.Note("Bare send: the same datagrams by one sendto each from a loop that does nothing else; ratio: the whole server against it.");
        report.Note("Wait: time that the server's threads were ready but other processes had the processor; it lengthens the delays.");
        report.Note("Coalescing receivers (UDP_GRO) take a message whole, as a network card with UDP segmentation takes it: cutting it costs the server nothing.");
        report.Note("Plain receivers make loopback cut each message and deliver each part within the server's send call.");
        report.Note("Both are read by the clock, so that the server's send calls wake nobody, as over a network. Woken ones are coalescing and sleep on their sockets: the server's calls wake them.");
        report.Note("Delay: publisher's send call to the kernel's arrival stamp at the viewer, one packet in seven.");
        return report;
    }

    private static async Task MeasureAsync(
        BenchReport report, SfuBenchOptions options, Receivers receivers, FrameShape shape, int viewers, CancellationToken cancellationToken)
    {
        var bareSend = BareSends.Measure(viewers);
        await using var server = await ServerProcess.StartAsync(options.ServerDll, cancellationToken);
        using var load = new FanOut(receivers);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        try
        {
            await MeasureAsync(report, options, receivers, shape, viewers, bareSend, server, load, limit.Token);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"{error.Message}\nThe server's last lines:\n{server.LogEnd()}", error);
        }
    }

    private static async Task MeasureAsync(
        BenchReport report, SfuBenchOptions options, Receivers receivers, FrameShape shape, int viewers, double bareSend, ServerProcess server, FanOut load, CancellationToken cancellationToken)
    {
        await load.PublishAsync(shape, Exchange(server, "whip", "broadcaster", cancellationToken), cancellationToken);
        // The first viewer makes the server load and compile what forwarding needs, which is no viewer's share of memory.
        var watch = Exchange(server, "whep", "viewer-realtime", cancellationToken);
        await load.WatchAsync(1, watch, cancellationToken);
        await Task.Delay(options.WarmUp, cancellationToken);
        var residentWithOne = ProcessUsage.ReadResidentBytes(server.Id);
        await load.WatchAsync(viewers - 1, watch, cancellationToken);
        if (!await Settling.SettleAsync(server.Id, WarmUpRounds, CompilingShare, () => ReadMetricsForAsync(server, options.WarmUp, cancellationToken)))
            report.Note(FormattableString.Invariant($"{Name(shape)}, {viewers} viewers: the server still compiled when it was measured."));

        // A reading of the metrics costs the server memory and time too: time is read inside the two readings, and the
        // memory of one reading, found from two in a row, is taken off.
        var first = await server.ReadMetricsAsync(cancellationToken);
        var before = await server.ReadMetricsAsync(cancellationToken);
        var keyFramesBefore = load.KeyFrames;
        await load.BeginWindowAsync();
        var ownBefore = Environment.CpuUsage.TotalTime;
        var usage = await CpuSlices.MeasureAsync(server.Id, options.Window, cancellationToken);
        var ownAfter = Environment.CpuUsage.TotalTime;
        var window = await load.EndWindowAsync();
        var after = await server.ReadMetricsAsync(cancellationToken);
        var resident = ProcessUsage.ReadResidentBytes(server.Id);

        const string allocated = "dotnet_gc_allocated_bytes_total", allocatedByWorkers = "sfu_worker_allocated_bytes_total";
        var (threads, cpu) = (usage.Threads, usage.Cpu);
        var waiting = TimeSpan.FromTicks(threads.Sum(thread => thread.Waiting.Ticks));
        var allocatedBytes = after.Since(before, allocated) - before.Since(first, allocated);
        report.Add(
            Name(shape),
            Name(receivers),
            viewers,
            window.Packets,
            cpu.TotalMicroseconds / window.Packets,
            usage.QuietCpu.TotalMicroseconds / window.Packets,
            bareSend,
            cpu.TotalMicroseconds / window.Packets / bareSend,
            100 * cpu / usage.Length,
            100 * waiting / usage.Length,
            100 * (ownAfter - ownBefore) / usage.Length,
            window.LossPercent,
            window.P50Milliseconds,
            window.P99Milliseconds,
            viewers > 1 ? (resident - residentWithOne) / 1024.0 / (viewers - 1) : double.NaN,
            resident / 1024.0 / 1024.0,
            after.Since(before, allocatedByWorkers) / window.Packets,
            allocatedBytes / 1024 / usage.Length.TotalSeconds,
            after.Since(before, "sfu_packets_sent_total") / after.Since(before, "sfu_messages_sent_total"),
            window.Starved,
            load.KeyFrames - keyFramesBefore);
        report.Note(FormattableString.Invariant($"{Name(shape)}, {viewers} viewers, CPU by thread: {Shares(threads, cpu)}"));
        if (waiting > (usage.Length * BusyShare) + (Environment.ProcessorCount == 1 ? ownAfter - ownBefore : TimeSpan.Zero))
            report.Note(FormattableString.Invariant($"{Name(shape)}, {viewers} viewers: the machine was busy with other work; the delays of this row are not the server's."));
    }

    // Reading metrics is a part of the steady state: without it the server would compile that code within the window.
    private static async Task ReadMetricsForAsync(ServerProcess server, TimeSpan length, CancellationToken cancellationToken)
    {
        for (var left = length; left > TimeSpan.Zero; left -= MetricsInterval)
        {
            await server.ReadMetricsAsync(cancellationToken);
            await Task.Delay(left < MetricsInterval ? left : MetricsInterval, cancellationToken);
        }
    }

    private static string Name(FrameShape shape) => shape == FrameShape.Spread ? "spread" : "burst";

    private static string Name(Receivers receivers) => receivers switch
    {
        Load.Receivers.Coalescing => "coalescing",
        Load.Receivers.Plain => "plain",
        _ => "woken",
    };

    private static string Shares(IReadOnlyList<ThreadUsage> threads, TimeSpan all) => string.Join(
        ", ",
        threads.GroupBy(thread => thread.Name)
            .Select(group => (group.Key, Share: group.Sum(thread => thread.Cpu.Ticks) / (double)all.Ticks))
            .OrderByDescending(group => group.Share)
            .Take(5)
            .Select(group => FormattableString.Invariant($"{group.Key} {group.Share:P1}")));

    private static Func<string, Task<string>> Exchange(ServerProcess server, string door, string role, CancellationToken cancellationToken)
    {
        var client = new WhipClient(server.Http, server.Token(role));
        var endpoint = new Uri(server.Http.BaseAddress!, $"/{door}/{server.Workspace.RoomId}");
        return async offer => (await client.PostAsync(endpoint, offer, cancellationToken)).Answer;
    }
}
