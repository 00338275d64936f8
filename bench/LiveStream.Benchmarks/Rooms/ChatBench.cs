using LiveStream.Benchmarks.Load;
using LiveStream.Benchmarks.Reporting;
using LiveStream.Benchmarks.Server;

namespace LiveStream.Benchmarks.Rooms;

/// <summary>What <see cref="ChatBench"/> measures.</summary>
internal sealed record ChatBenchOptions
{
    /// <summary>The all-in-one program.</summary>
    public required string ServerDll { get; init; }

    /// <summary>Peers of the room; one server for each number, costs are compared with the first.</summary>
    public IReadOnlyList<int> Peers { get; init; } = [1000, 2000, 5000];

    /// <summary>Messages measured in the largest room; more in a smaller one, in the same time, so that as many are delivered.</summary>
    public int Messages { get; init; } = 20;

    /// <summary>Time from one message to the next in the largest room.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>One peer writes, everybody else in the room reads: how late, and at what cost.</summary>
internal static class ChatBench
{
    private const int JoinsPerSecond = 100, WarmUpMessages = 20, WarmUpRounds = 12;
    private const double CompilingShare = 0.01;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private static readonly BenchColumn[] Columns =
    [
        new("peers", "peers"),
        new("joined", "joined"),
        new("messages", "messages"),
        new("delivered", "delivered"),
        new("lost", "lost"),
        new("dropped", "dropped"),
        new("p50_ms", "p50 ms", "0.0"),
        new("p99_ms", "p99 ms", "0.0"),
        new("server_cpu_us_per_delivery", "server CPU µs/delivery", "0.00"),
        new("cost_ratio", "cost : fewest peers", "0.00"),
        new("runqueue_wait_percent", "wait %", "0.0"),
    ];

    public static async Task<BenchReport> RunAsync(ChatBenchOptions options, TextWriter progress, CancellationToken cancellationToken)
    {
        var report = new BenchReport("chat", Columns);
        var first = double.NaN;
        var most = options.Peers.Max();
        foreach (var peers in options.Peers)
        {
            var (messages, every) = (options.Messages * most / peers, options.Every * peers / most);
            await using var server = await ServerProcess.StartAsync(options.ServerDll, cancellationToken);
            using var crowd = await RoomCrowd.CreateAsync(server, "bench", large: true, cancellationToken);
            await progress.WriteLineAsync($"# {peers} peers join …");
            var joined = await crowd.JoinAsync(peers, TimeSpan.FromSeconds((double)peers / JoinsPerSecond), s_patience, cancellationToken);
            if (!await crowd.WaitAllToldAsync(s_patience, cancellationToken))
                report.Note($"Of {peers} peers {joined} joined, {crowd.Refused} were refused, and not all were told of all others. The server's last words:\n{server.LogEnd()}");

            // Who is there now: a peer that is dropped later is given nothing, and counts as lost.
            var present = await crowd.Sockets.AskAsync(() => crowd.Sockets.Clients.Count - crowd.Sockets.Dropped);
            await progress.WriteLineAsync($"# {messages} messages to {present} peers …");
            // In the time without messages, compiling would be taken off what they cost.
            if (!await Settling.SettleAsync(server.Id, WarmUpRounds, CompilingShare, () => SayAsync(crowd, WarmUpMessages, TimeSpan.FromMilliseconds(250), present, cancellationToken))) report.Note($"{peers} peers: the server still compiled when it was measured; its cost is not that of the messages.");
            // Pings cost as well: what the server does while nobody writes is taken off.
            var length = every * messages;
            var idle = await MeasureAsync(server, () => Task.Delay(length, cancellationToken));
            var delays = new DelayHistogram();
            var busy = await MeasureAsync(server, async () => delays = await SayAsync(crowd, messages, every, present, cancellationToken));

            var expected = (long)messages * (present - 1);
            var cost = (busy.Cpu - idle.Cpu * (busy.Length / idle.Length)).TotalMicroseconds / Math.Max(1, delays.Count);
            if (double.IsNaN(first)) first = cost;
            report.Add(
                peers, joined, messages, delays.Count, expected - delays.Count, await crowd.Sockets.AskAsync(() => crowd.Sockets.Dropped),
                delays.PercentileMilliseconds(0.5), delays.PercentileMilliseconds(0.99), cost, cost / first, 100 * (busy.Waiting / busy.Length));
        }

        report.Note("Targets: p99 at most 200 ms at 5000 peers; cost linear in the number of peers: the ratio at most 1.2.");
        report.Note("Delays from the sender's call to the moment that this process has read the frame, on one thread for all peers.");
        return report;
    }

    // One message at a time: which one a delivery belongs to is known by when it comes.
    private static async Task<DelayHistogram> SayAsync(RoomCrowd crowd, int messages, TimeSpan every, int peers, CancellationToken cancellationToken)
    {
        var delays = new DelayHistogram();
        var lost = false;
        for (var i = 0; i < messages; i++)
        {
            var due = SocketCrowd.Now + every;
            var expected = (long)(i + 1) * (peers - 1);
            var dropped = 0;
            crowd.Sockets.Post(() =>
            {
                var sent = SocketCrowd.Now;
                crowd.OnMessage = () => delays.Add(SocketCrowd.Now - sent);
                dropped = crowd.Sockets.Dropped;
                crowd.Say();
            });
            // Once a peer is dropped the count is never reached: then each message is given its time and no more.
            var patience = lost ? every : TimeSpan.FromSeconds(20);
            lost |= !await crowd.Sockets.WaitAsync(() => delays.Count >= expected || crowd.Sockets.Dropped > dropped, patience, cancellationToken);
            if (due - SocketCrowd.Now is { Ticks: > 0 } wait) await Task.Delay(wait, cancellationToken);
        }

        return delays;
    }

    private static async Task<(TimeSpan Cpu, TimeSpan Waiting, TimeSpan Length)> MeasureAsync(ServerProcess server, Func<Task> work)
    {
        var (before, begin) = (ProcessUsage.ReadThreads(server.Id), SocketCrowd.Now);
        await work();
        var (after, end) = (ProcessUsage.ReadThreads(server.Id), SocketCrowd.Now);
        var usage = ProcessUsage.Between(before, after);
        return (TimeSpan.FromTicks(usage.Sum(thread => thread.Cpu.Ticks)), TimeSpan.FromTicks(usage.Sum(thread => thread.Waiting.Ticks)), end - begin);
    }
}
