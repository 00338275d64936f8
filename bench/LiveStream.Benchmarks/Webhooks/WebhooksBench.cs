using System.Diagnostics;
using LiveStream.Benchmarks.Load;
using LiveStream.Benchmarks.Reporting;
using LiveStream.Benchmarks.Server;

namespace LiveStream.Benchmarks.Webhooks;

/// <summary>
/// Events at a steady rate to many endpoints, each the webhook of a room of its own; one in twenty never answers. Delays are from
/// the event to its arrival at those that answer, with everything durable in between.
/// </summary>
internal static class WebhooksBench
{
    private const int HangingShare = 20;

    // How often events are written; it is part of the delay.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20), Drain = TimeSpan.FromSeconds(30);

    private static readonly BenchColumn[] Columns =
    [
        new("events_per_second", "events/s", "0"),
        new("endpoints", "endpoints"),
        new("hanging", "hanging"),
        new("delivered_per_second", "delivered/s", "0"),
        new("missing", "missing"),
        new("p50_ms", "p50 ms", "0.0"),
        new("p99_ms", "p99 ms", "0.0"),
        new("server_cpu_us_per_delivery", "CPU µs/delivery", "0"),
        new("runqueue_wait_percent", "wait %", "0.0"),
    ];

    public static async Task<BenchReport> RunAsync(
        string serverDll, int endpoints, IReadOnlyList<double> rates, TimeSpan window, TextWriter progress, CancellationToken cancellationToken)
    {
        var report = new BenchReport("webhooks", Columns);
        var (delays, gate, arrived) = (new DelayHistogram(), new Lock(), 0);
        await using var receiver = await HookReceiver.StartAsync(arrival =>
        {
            var delay = DateTimeOffset.UtcNow - arrival.HappenedAt;
            lock (gate)
            {
                delays.Add(delay);
                arrived++;
            }

            return 200;
        });
        await using var server = await ServerProcess.StartAsync(serverDll, cancellationToken, new Dictionary<string, string>
        {
            ["Webhooks__AllowedNetworks__0"] = "127.0.0.0/8",
            // Events come from another process here, which the server is not told of.
            ["Events__PollInterval"] = "00:00:00.050",
            ["Events__BatchSize"] = "500",
        });
        await progress.WriteLineAsync($"# making {endpoints} rooms with webhooks …");
        var rooms = await HookRooms.CreateAsync(
            server, Enumerable.Range(0, endpoints).Select(i => i % HangingShare == 0 ? $"{receiver.Url}/hang/{i}" : $"{receiver.Url}/hook/{i}"), cancellationToken);
        using var writer = new EventWriter(server.Data, server.Workspace.CustomerId);
        var healthy = rooms.Where((_, i) => i % HangingShare != 0).ToHashSet(StringComparer.Ordinal);

        await progress.WriteLineAsync("# an event for each, and time for those that hang to be known …");
        var expected = 0;
        writer.Write(rooms.Select(room => (room, 0)));
        expected += healthy.Count;
        await WaitAsync(() => Volatile.Read(ref arrived) >= expected, Drain, cancellationToken);
        var next = 0;
        foreach (var rate in rates)
        {
            await progress.WriteLineAsync($"# {rate:0} events/s …");
            // Code is compiled, and connections are there, before it counts.
            expected += await WriteAtAsync(writer, rooms, healthy, rate, TimeSpan.FromSeconds(5), () => next++, cancellationToken);
            await WaitAsync(() => Volatile.Read(ref arrived) >= expected, Drain, cancellationToken);
            lock (gate) delays.Clear();
            var before = ProcessUsage.ReadThreads(server.Id);
            var clock = Stopwatch.StartNew();
            var sent = await WriteAtAsync(writer, rooms, healthy, rate, window, () => next++, cancellationToken);
            expected += sent;
            await WaitAsync(() => Volatile.Read(ref arrived) >= expected, Drain, cancellationToken);
            var took = clock.Elapsed;
            var usage = ProcessUsage.Between(before, ProcessUsage.ReadThreads(server.Id));
            var got = sent - (expected - arrived);
            report.Add(
                rate, rooms.Count, rooms.Count - healthy.Count, got / took.TotalSeconds, expected - arrived, delays.PercentileMilliseconds(0.5),
                delays.PercentileMilliseconds(0.99), usage.Sum(thread => thread.Cpu.TotalMicroseconds) / Math.Max(1, got),
                100 * usage.Sum(thread => thread.Waiting.TotalMicroseconds) / took.TotalMicroseconds);
            expected = arrived;
        }

        report.Note("Target: p99 at most 1000 ms. Delays from 1000 ms on count as 1000 ms. The receiver and the writer of events share the machine.");
        report.Note("Part of each delay: up to 20 ms until an event is written, and up to 50 ms until the server looks for what others wrote.");
        return report;
    }

    // So many events per second, spread over all rooms; how many of them are for endpoints that answer.
    private static async Task<int> WriteAtAsync(
        EventWriter writer, IReadOnlyList<string> rooms, HashSet<string> healthy, double rate, TimeSpan duration, Func<int> next, CancellationToken cancellationToken)
    {
        var (clock, written, good) = (Stopwatch.StartNew(), 0, 0);
        while (clock.Elapsed < duration)
        {
            var due = (int)(rate * clock.Elapsed.TotalSeconds);
            if (due > written)
            {
                var batch = new List<(string, int)>();
                for (; written < due; written++)
                {
                    var number = next();
                    var room = rooms[number % rooms.Count];
                    batch.Add((room, number));
                    if (healthy.Contains(room)) good++;
                }

                writer.Write(batch);
            }

            await Task.Delay(Step, cancellationToken);
        }

        return good;
    }

    private static async Task WaitAsync(Func<bool> holds, TimeSpan limit, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (!holds() && clock.Elapsed < limit) await Task.Delay(20, cancellationToken);
    }
}
