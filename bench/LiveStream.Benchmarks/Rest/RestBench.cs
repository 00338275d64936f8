using LiveStream.Benchmarks.Hls;
using LiveStream.Benchmarks.Reporting;
using LiveStream.Benchmarks.Server;
using LiveStream.Testing;

namespace LiveStream.Benchmarks.Rest;

/// <summary>What <see cref="RestBench"/> measures.</summary>
internal sealed record RestBenchOptions
{
    /// <summary>The all-in-one program.</summary>
    public required string ServerDll { get; init; }

    /// <summary>Rooms in the database, one server for each number; costs are compared with the first.</summary>
    public required IReadOnlyList<int> Rooms { get; init; }

    /// <summary>Requests per second of each operation, one operation at a time.</summary>
    public double Rate { get; init; } = 200;

    /// <summary>Before each window: tiered compilation settles, PostgreSQL's cache fills.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Measured time of each operation.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>
/// Rooms over REST, in the whole product as a process of its own with a PostgreSQL of its own that writes durably: delays at a
/// fixed rate, and what a request costs both processes.
/// </summary>
internal static class RestBench
{
    private static readonly BenchColumn[] Columns =
    [
        new("operation", "operation"),
        new("rooms", "rooms"),
        new("requests", "requests"),
        new("failures", "failures"),
        new("p50_ms", "p50 ms", "0.00"),
        new("p99_ms", "p99 ms", "0.00"),
        new("server_cpu_us_per_request", "server CPU µs/req", "0"),
        new("postgres_cpu_us_per_request", "PostgreSQL CPU µs/req", "0"),
        new("cost_ratio", "cost : fewest rooms", "0.00"),
        new("runqueue_wait_percent", "wait %", "0.0"),
        new("late_starts", "late starts"),
    ];

    public static async Task<BenchReport> RunAsync(RestBenchOptions options, TextWriter progress, CancellationToken cancellationToken)
    {
        var report = new BenchReport("rest", Columns);
        var costs = new Dictionary<string, double>(StringComparer.Ordinal);
        await progress.WriteLineAsync("# starting PostgreSQL …");
        await using var postgres = await PostgresServer.StartAsync(durable: true, cancellationToken);
        foreach (var rooms in options.Rooms)
        {
            var connection = await postgres.CreateDatabaseAsync($"rooms_{rooms}", cancellationToken);
            await using var server = await ServerProcess.StartAsync(options.ServerDll, cancellationToken, new Dictionary<string, string>
            {
                ["Rooms__Database__Provider"] = "Postgres",
                ["Rooms__Database__ConnectionString"] = connection,
            });
            await progress.WriteLineAsync($"# making {rooms} rooms …");
            await postgres.ExecuteAsync($"rooms_{rooms}", RoomRequests.Seed(server.Workspace.CustomerId, rooms), cancellationToken);

            var requests = new RoomRequests(server, rooms);
            (string Name, Func<int, Task<bool>> Send)[] operations =
            [
                ("list", requests.ListAsync), ("list enabled=false", requests.FilterAsync), ("get", requests.GetAsync),
                ("create by name, new", requests.CreateAsync), ("create by name, there", requests.OverwriteAsync),
            ];
            foreach (var (name, send) in operations)
            {
                await progress.WriteLineAsync($"# {name}, {rooms} rooms …");
                // Names of the warm-up are not those of the window.
                await OpenLoop.RunAsync(options.Rate, options.WarmUp, i => send(i + 1_000_000), cancellationToken);
                var (before, postgresBefore) = Read(server, postgres);
                var result = await OpenLoop.RunAsync(options.Rate, options.Window, send, cancellationToken);
                var (after, postgresAfter) = Read(server, postgres);

                var (usage, postgresUsage) = (ProcessUsage.Between(before, after), ProcessUsage.Between(postgresBefore, postgresAfter));
                var cpu = Total(usage, thread => thread.Cpu) / result.Delays.Count;
                var postgresCpu = Total(postgresUsage, thread => thread.Cpu) / result.Delays.Count;
                var waiting = Total([.. usage, .. postgresUsage], thread => thread.Waiting);
                costs.TryAdd(name, cpu + postgresCpu);
                report.Add(
                    name, rooms, result.Delays.Count, result.Failures, result.Delays.PercentileMilliseconds(0.5), result.Delays.PercentileMilliseconds(0.99),
                    cpu, postgresCpu, (cpu + postgresCpu) / costs[name], 100 * waiting / options.Window.TotalMicroseconds, result.LateStarts);
            }
        }

        report.Note("Targets: p99 at most 20 ms; cost at 100000 rooms at most 1.5 times that at 1000.");
        report.Note("Delays count from when a request was due. PostgreSQL writes durably (fsync); late starts are the generator's own.");
        return report;
    }

    private static (Dictionary<int, ThreadUsage> Server, Dictionary<int, ThreadUsage> Postgres) Read(ServerProcess server, PostgresServer postgres) =>
    (
        ProcessUsage.ReadThreads(server.Id),
        ProcessChildren.Of(postgres.ProcessId).Append(postgres.ProcessId).SelectMany(ProcessUsage.ReadThreads).ToDictionary(pair => pair.Key, pair => pair.Value));

    private static double Total(IEnumerable<ThreadUsage> threads, Func<ThreadUsage, TimeSpan> time) => threads.Sum(thread => time(thread).TotalMicroseconds);
}
