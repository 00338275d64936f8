using LiveStream.Benchmarks.Load;
using LiveStream.Benchmarks.Reporting;
using LiveStream.Benchmarks.Server;

namespace LiveStream.Benchmarks.Sfu;

/// <summary>What <see cref="CompareBench"/> measures.</summary>
internal sealed record CompareBenchOptions
{
    /// <summary>The all-in-one program.</summary>
    public required string ServerDll { get; init; }

    /// <summary>The forwarder on Pion.</summary>
    public required string PionProgram { get; init; }

    /// <summary>Viewers of the one publisher.</summary>
    public int Viewers { get; init; } = 200;

    /// <summary>How viewers take what is sent.</summary>
    public Receivers Receivers { get; init; } = Receivers.Coalescing;

    /// <summary>How often each server is measured with each shape; they take turns.</summary>
    public int Rounds { get; init; } = 2;

    /// <summary>Time with all viewers before each window, at least twice, and again while a runtime still compiles.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Measured time.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>
/// The load of <see cref="SfuBench"/> on this server and, in the same run, on a plain forwarder made of Pion: what one
/// forwarded packet costs the one and the other.
/// </summary>
internal static class CompareBench
{
    private static readonly BenchColumn[] Columns =
    [
        new("shape", "shape"),
        new("server", "server"),
        new("viewers", "viewers"),
        new("packets", "packets"),
        new("cpu_us_per_packet", "CPU us/packet", "0.00"),
        new("quiet_cpu_us_per_packet", "quiet us", "0.00"),
        new("times", "times ours", "0.0"),
        new("cpu_percent", "CPU %", "0.0"),
        new("loss_percent", "loss %", "0.0000"),
        new("delay_p50_ms", "p50 ms", "0.00"),
        new("delay_p99_ms", "p99 ms", "0.00"),
        new("rss_mb", "RSS MB", "0"),
        new("starved_viewers", "starved"),
    ];

    public static async Task<BenchReport> RunAsync(CompareBenchOptions options, TextWriter progress, CancellationToken cancellationToken)
    {
        var report = new BenchReport("compare", Columns);
        foreach (var shape in (FrameShape[])[FrameShape.Spread, FrameShape.Burst])
        {
            for (var round = 0; round < options.Rounds; round++)
            {
                await progress.WriteLineAsync($"# {shape}, {options.Viewers} viewers, round {round + 1} of {options.Rounds} …");
                var ours = await MeasureAsync(report, () => ComparedServer.StartOursAsync(options.ServerDll, cancellationToken), options, shape, cancellationToken);
                Add(report, shape, "LiveStream", options, ours, ours);
                var pion = await MeasureAsync(report, () => ComparedServer.StartPionAsync(options.PionProgram, cancellationToken), options, shape, cancellationToken);
                Add(report, shape, "Pion", options, pion, ours);
            }
        }

        report.Note("CPU: all threads of the server (/proc/PID/task/*/schedstat) in the window, by packets that viewers received.");
        report.Note("Quiet: what a quarter of the window's seconds stay at or below; times ours: by this figure, as neighbours of the machine may be busy in one window and not in the other.");
        report.Note("Pion: bench/pion, a TrackLocalStaticRTP for each track, default interceptors, one UDP port; without rooms, tokens, HLS or metrics.");
        report.Note("LiveStream: the whole product in one process. Both serve the same clients, which take turns with them on the same processors.");
        return report;
    }

    private static async Task<Measured> MeasureAsync(
        BenchReport report, Func<Task<ComparedServer>> startAsync, CompareBenchOptions options, FrameShape shape, CancellationToken cancellationToken)
    {
        await using var server = await startAsync();
        using var load = new FanOut(options.Receivers);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        try
        {
            await load.PublishAsync(shape, offer => server.Publish(offer, limit.Token), limit.Token);
            await load.WatchAsync(options.Viewers, offer => server.Watch(offer, limit.Token), limit.Token);
            // Code is compiled better only some time after it is first used.
            await Task.Delay(options.WarmUp, limit.Token);
            if (!await Settling.SettleAsync(server.Process, SfuBench.WarmUpRounds, SfuBench.CompilingShare, () => Task.Delay(options.WarmUp, limit.Token)))
                report.Note($"{shape}: the server still compiled when it was measured.");
            await load.BeginWindowAsync();
            var usage = await CpuSlices.MeasureAsync(server.Process, options.Window, limit.Token);
            return new Measured(await load.EndWindowAsync(), usage, ProcessUsage.ReadResidentBytes(server.Process));
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"{error.Message}\nThe server's last lines:\n{server.LogEnd()}", error);
        }
    }

    private static void Add(
        BenchReport report, FrameShape shape, string name, CompareBenchOptions options, Measured row, Measured ours)
    {
        report.Add(
            shape == FrameShape.Spread ? "spread" : "burst",
            name,
            options.Viewers,
            row.Seen.Packets,
            row.Usage.Cpu.TotalMicroseconds / row.Seen.Packets,
            row.QuietMicroseconds,
            row.QuietMicroseconds / ours.QuietMicroseconds,
            100 * row.Usage.Cpu / row.Usage.Length,
            row.Seen.LossPercent,
            row.Seen.P50Milliseconds,
            row.Seen.P99Milliseconds,
            row.Resident / 1024.0 / 1024.0,
            row.Seen.Starved);
    }

    private sealed record Measured(FanOutWindow Seen, CpuSlices Usage, long Resident)
    {
        public double QuietMicroseconds => Usage.QuietCpu.TotalMicroseconds / Seen.Packets;
    }
}
