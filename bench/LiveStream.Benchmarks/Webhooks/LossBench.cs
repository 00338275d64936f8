using System.Diagnostics;
using LiveStream.Benchmarks.Reporting;
using LiveStream.Benchmarks.Server;

namespace LiveStream.Benchmarks.Webhooks;

/// <summary>
/// Many events while the receiver refuses three of ten requests and is away for a while, and the server is killed twice. Counts
/// what never arrived, what arrived more often than once, and what arrived after one that happened later in its room.
/// </summary>
internal static class LossBench
{
    private const int Rooms = 200, Chunk = 1000, Ahead = 20 * Chunk;
    private const double FailingShare = 0.3;

    private static readonly TimeSpan Away = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromMinutes(2), Tell = TimeSpan.FromSeconds(5);

    private static readonly BenchColumn[] Columns =
    [
        new("events", "events"),
        new("rooms", "rooms"),
        new("requests", "requests"),
        new("refused", "refused"),
        new("kills", "kills -9"),
        new("lost", "lost"),
        new("duplicates", "duplicates"),
        new("out_of_order", "out of order"),
        new("seconds", "s", "0.0"),
    ];

    public static async Task<(BenchReport Report, bool Kept)> RunAsync(string serverDll, int events, TextWriter progress, CancellationToken cancellationToken)
    {
        var ledger = new HookLedger(FailingShare);
        await using var receiver = await HookReceiver.StartAsync(ledger.Take);
        var folder = Directory.CreateTempSubdirectory("livestream-loss-").FullName;
        var settings = new Dictionary<string, string>
        {
            ["Webhooks__AllowedNetworks__0"] = "127.0.0.0/8",
            ["Webhooks__ConcurrencyPerEndpoint"] = "64",
            ["Events__PollInterval"] = "00:00:00.050",
            ["Events__BatchSize"] = "500",
        };
        // The documented pauses would make it a matter of days.
        for (var i = 0; i < 100; i++) settings[$"Webhooks__RetryDelays__{i}"] = i < 3 ? "00:00:00.050" : "00:00:00.500";
        var (clock, kills, logEnd) = (Stopwatch.StartNew(), 0, "");
        try
        {
            var server = await ServerProcess.StartAsync(serverDll, cancellationToken, settings, folder);
            try
            {
                await HookRooms.PostAsync(server, "/v2/webhooks", $$"""{"url":"{{receiver.Url}}/hook"}""", cancellationToken);
                var rooms = await HookRooms.CreateAsync(server, Enumerable.Repeat<string?>(null, Rooms), cancellationToken);
                using var writer = new EventWriter(folder, server.Workspace.CustomerId);
                var written = 0;
                var (killAt, awayAt) = (new Queue<int>([events / 4, events / 2]), events / 3);
                var (back, lastArrived, quiet, told) = (TimeSpan.Zero, 0, Stopwatch.StartNew(), clock.Elapsed);
                while (ledger.Arrived < events && quiet.Elapsed < Patience)
                {
                    // Not far ahead of the receiver, so that kills meet work under way.
                    if (written < events && written - ledger.Arrived < Ahead)
                    {
                        var count = Math.Min(Chunk, events - written);
                        writer.Write(Enumerable.Range(written, count).Select(i => (rooms[i % Rooms], i / Rooms)));
                        written += count;
                    }

                    if (killAt.TryPeek(out var at) && ledger.Arrived >= at)
                    {
                        killAt.Dequeue();
                        kills++;
                        await progress.WriteLineAsync($"# {ledger.Arrived} arrived: kill -9 …");
                        await server.KillAsync();
                        await server.DisposeAsync();
                        server = await ServerProcess.StartAsync(serverDll, cancellationToken, settings, folder);
                    }

                    if (awayAt > 0 && ledger.Arrived >= awayAt)
                    {
                        await progress.WriteLineAsync($"# {ledger.Arrived} arrived: the receiver is away for {Away.TotalSeconds:0} s …");
                        (awayAt, back, ledger.IsAway) = (0, clock.Elapsed + Away, true);
                    }

                    if (ledger.IsAway && clock.Elapsed >= back) ledger.IsAway = false;
                    if (ledger.Arrived > lastArrived)
                    {
                        lastArrived = ledger.Arrived;
                        quiet.Restart();
                    }

                    if (clock.Elapsed - told > Tell)
                    {
                        told = clock.Elapsed;
                        var metrics = await server.ReadMetricsAsync(cancellationToken);
                        await progress.WriteLineAsync(
                            $"# {clock.Elapsed.TotalSeconds:0} s: {written} written, {ledger.Arrived} arrived, {ledger.Requests} requests, {ledger.Duplicates} duplicates, " +
                            $"{metrics["webhooks_in_flight"]:0} under way, {metrics["webhooks_in_memory"]:0} in memory");
                    }

                    await Task.Delay(20, cancellationToken);
                }
            }
            finally
            {
                logEnd = server.LogEnd();
                await server.DisposeAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        if (ledger.Arrived < events) await progress.WriteLineAsync(logEnd);
        var report = new BenchReport("loss", Columns);
        report.Add(
            events, Rooms, ledger.Requests, ledger.Refused, kills, events - ledger.Arrived, ledger.Duplicates, ledger.OutOfOrder, clock.Elapsed.TotalSeconds);
        report.Note("Target: lost 0, out of order 0. Duplicates are those attempts that were under way, or not yet written down, at a kill.");
        report.Note($"One endpoint, 64 attempts at once, pauses of 50 ms three times and then of 500 ms; away for {Away.TotalSeconds:0} s. The receiver shares the machine.");
        return (report, ledger.Arrived == events && ledger.OutOfOrder == 0);
    }
}
