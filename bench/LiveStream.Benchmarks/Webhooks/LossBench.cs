using System.Diagnostics;
using LiveStream.Benchmarks.Reporting;
using LiveStream.Benchmarks.Server;

namespace LiveStream.Benchmarks.Webhooks;

/// <summary>
/// Many events while the receiver refuses three of ten requests and is away for a while, and the server is killed twice. Counts
/// what never arrived, what arrived more often than once, and what arrived before one that happened earlier in its room.
/// </summary>
internal static class LossBench
{
    private const int Rooms = 200, Chunk = 1000;
    private const double FailingShare = 0.3;

    private static readonly TimeSpan Away = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromMinutes(5);

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
        var (gate, chance, away) = (new Lock(), new Random(1), false);
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        var (requests, refused, arrived, duplicates, disorder) = (0, 0, 0, 0, 0);
        await using var receiver = await HookReceiver.StartAsync(arrival =>
        {
            lock (gate)
            {
                requests++;
                if (away || chance.NextDouble() < FailingShare)
                {
                    refused++;
                    return away ? 503 : 500;
                }

                var expected = next.GetValueOrDefault(arrival.RoomId);
                if (arrival.Number < expected) duplicates++;
                else
                {
                    if (arrival.Number > expected) disorder++;
                    next[arrival.RoomId] = arrival.Number + 1;
                    arrived++;
                }

                return 200;
            }
        });

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
        var clock = Stopwatch.StartNew();
        var kills = 0;
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
                var (back, lastArrived, quiet) = (TimeSpan.Zero, 0, Stopwatch.StartNew());
                while (true)
                {
                    // Not far ahead of the receiver, so that kills meet work under way.
                    if (written < events && written - Volatile.Read(ref arrived) < 20 * Chunk)
                    {
                        var count = Math.Min(Chunk, events - written);
                        writer.Write(Enumerable.Range(written, count).Select(i => (rooms[i % Rooms], i / Rooms)));
                        written += count;
                    }

                    if (killAt.TryPeek(out var at) && arrived >= at)
                    {
                        killAt.Dequeue();
                        kills++;
                        await progress.WriteLineAsync($"# {arrived} arrived: kill -9 …");
                        await server.KillAsync();
                        await server.DisposeAsync();
                        server = await ServerProcess.StartAsync(serverDll, cancellationToken, settings, folder);
                    }

                    if (awayAt > 0 && arrived >= awayAt)
                    {
                        await progress.WriteLineAsync($"# {arrived} arrived: the receiver is away for {Away.TotalSeconds:0} s …");
                        (awayAt, back) = (0, clock.Elapsed + Away);
                        lock (gate) away = true;
                    }

                    if (away && clock.Elapsed >= back)
                    {
                        lock (gate) away = false;
                        quiet.Restart();
                    }

                    if (arrived == events) break;
                    if (arrived > lastArrived)
                    {
                        lastArrived = arrived;
                        quiet.Restart();
                    }
                    else if (quiet.Elapsed > Patience)
                    {
                        break;
                    }

                    await Task.Delay(20, cancellationToken);
                }
            }
            finally
            {
                await server.DisposeAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        var report = new BenchReport("loss", Columns);
        report.Add(events, Rooms, requests, refused, kills, events - arrived, duplicates, disorder, clock.Elapsed.TotalSeconds);
        report.Note("Target: lost 0, out of order 0. Duplicates are those attempts that were under way, or not yet written down, at a kill.");
        return (report, arrived == events && disorder == 0);
    }
}
