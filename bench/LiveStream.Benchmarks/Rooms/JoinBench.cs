using LiveStream.Benchmarks.Reporting;
using LiveStream.Benchmarks.Server;

namespace LiveStream.Benchmarks.Rooms;

/// <summary>What <see cref="JoinBench"/> measures.</summary>
internal sealed record JoinBenchOptions
{
    /// <summary>The all-in-one program.</summary>
    public required string ServerDll { get; init; }

    /// <summary>Peers without media; for each number one room that was made for many, and one that was not.</summary>
    public IReadOnlyList<int> Peers { get; init; } = [250, 1000];

    /// <summary>Peers with media, in a room of their own; 0 for none.</summary>
    public int MediaPeers { get; init; } = 100;

    /// <summary>Time in which those with media come.</summary>
    public TimeSpan MediaOver { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time in which those without come.</summary>
    public TimeSpan Over { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that they then stay, to see that nobody is dropped.</summary>
    public TimeSpan Stay { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>Peers join one room of the whole product, in a process of its own, by real WebSockets: delays, CPU and memory for each.</summary>
internal static class JoinBench
{
    private const int WarmUpPeers = 200;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly BenchColumn[] Columns =
    [
        new("media", "media"),
        new("room", "room"),
        new("peers", "peers"),
        new("joined", "joined"),
        new("dropped", "dropped"),
        new("p50_ms", "p50 ms", "0.0"),
        new("p99_ms", "p99 ms", "0.0"),
        new("connected_p99_ms", "connected p99 ms", "0.0"),
        new("server_cpu_ms_per_join", "server CPU ms/join", "0.00"),
        new("notices", "notices of a join"),
        new("memory_kb_per_peer", "KB/peer", "0.0"),
        new("runqueue_wait_percent", "wait %", "0.0"),
        new("late_starts", "late starts"),
    ];

    public static async Task<BenchReport> RunAsync(JoinBenchOptions options, TextWriter progress, CancellationToken cancellationToken)
    {
        var report = new BenchReport("join", Columns);
        foreach (var (peers, large) in options.Peers.SelectMany(peers => new[] { (peers, true), (peers, false) }))
        {
            await using var server = await ServerProcess.StartAsync(options.ServerDll, cancellationToken);
            await progress.WriteLineAsync($"# {peers} peers, {(large ? "large" : "ordinary")} room …");
            using (var warmUp = await RoomCrowd.CreateAsync(server, "warm-up", large, cancellationToken))
            {
                await warmUp.JoinAsync(WarmUpPeers, TimeSpan.FromSeconds(3), s_patience, cancellationToken);
                await warmUp.WaitAllToldAsync(s_patience, cancellationToken);
            }

            using var crowd = await RoomCrowd.CreateAsync(server, "bench", large, cancellationToken);
            // A reading of the metrics lets the server settle as well.
            await server.ReadMetricsAsync(cancellationToken);
            var memory = ProcessUsage.ReadResidentBytes(server.Id);
            var (before, begin) = (ProcessUsage.ReadThreads(server.Id), SocketCrowd.Now);
            var joined = await crowd.JoinAsync(peers, options.Over, s_patience, cancellationToken);
            var told = await crowd.WaitAllToldAsync(s_patience, cancellationToken);
            var (after, end) = (ProcessUsage.ReadThreads(server.Id), SocketCrowd.Now);
            if (!told) report.Note($"Of {peers} peers in the {(large ? "large" : "ordinary")} room not everyone was told of all others. The server's last words: {server.LogEnd()}");
            await Task.Delay(options.Stay, cancellationToken);
            var grown = ProcessUsage.ReadResidentBytes(server.Id) - memory;

            var usage = ProcessUsage.Between(before, after);
            var cpu = TimeSpan.FromTicks(usage.Sum(thread => thread.Cpu.Ticks));
            var waiting = TimeSpan.FromTicks(usage.Sum(thread => thread.Waiting.Ticks));
            var (p50, p99, dropped, late) = await crowd.Sockets.AskAsync(() =>
                (crowd.Joins.PercentileMilliseconds(0.5), crowd.Joins.PercentileMilliseconds(0.99), crowd.Sockets.Dropped, crowd.Sockets.LateStarts));
            report.Add(
                "no", large ? "large" : "ordinary", peers, joined, dropped, p50, p99, double.NaN, cpu.TotalMilliseconds / peers, crowd.PeersSeen,
                grown / 1024.0 / peers, 100 * (waiting / (end - begin)), late);
        }

        if (options.MediaPeers > 0) await MeasureMediaAsync(options, report, progress, cancellationToken);
        report.Note("Targets for 1000 peers in 10 s: p99 at most 1 s, nobody dropped, at most 50 KB a peer. For 100 with media in 5 s: p99 at most 1 s.");
        report.Note("Connected: ICE and DTLS of the publish and the subscribe connection. KB/peer is growth of resident memory.");
        report.Note("In a large room (large_room) peers are told how many are here, in an ordinary one of everybody who comes.");
        report.Note("Delays count from when a peer was due: connection, upgrade, token, policy, join. CPU until everybody was told.");
        return report;
    }

    private static async Task MeasureMediaAsync(JoinBenchOptions options, BenchReport report, TextWriter progress, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(options.ServerDll, cancellationToken);
        await progress.WriteLineAsync($"# {options.MediaPeers} peers with media …");
        await using (var warmUp = await MediaCrowd.JoinAsync(server, "warm-up", 20, TimeSpan.FromSeconds(3), cancellationToken))
        {
            // Joined and gone: what is compiled at first use is.
        }

        await server.ReadMetricsAsync(cancellationToken);
        var memory = ProcessUsage.ReadResidentBytes(server.Id);
        var (before, begin) = (ProcessUsage.ReadThreads(server.Id), SocketCrowd.Now);
        await using var crowd = await MediaCrowd.JoinAsync(server, "bench", options.MediaPeers, options.MediaOver, cancellationToken);
        var (after, end) = (ProcessUsage.ReadThreads(server.Id), SocketCrowd.Now);
        await Task.Delay(options.Stay, cancellationToken);
        var grown = ProcessUsage.ReadResidentBytes(server.Id) - memory;
        var usage = ProcessUsage.Between(before, after);
        var cpu = TimeSpan.FromTicks(usage.Sum(thread => thread.Cpu.Ticks));
        var waiting = TimeSpan.FromTicks(usage.Sum(thread => thread.Waiting.Ticks));
        foreach (var fault in crowd.Faults) report.Note("Fault: " + fault);
        report.Add(
            "yes", "large", options.MediaPeers, crowd.Joined.Count, crowd.Faults.Count, crowd.Joined.PercentileMilliseconds(0.5), crowd.Joined.PercentileMilliseconds(0.99),
            crowd.Connected.PercentileMilliseconds(0.99), cpu.TotalMilliseconds / options.MediaPeers, 0,
            grown / 1024.0 / options.MediaPeers, 100 * (waiting / (end - begin)), 0);
    }
}
