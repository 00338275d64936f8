using System.Diagnostics;
using System.Globalization;

using LiveStream.Benchmarks.Reporting;
using LiveStream.Bus;
using LiveStream.Contracts.Events.V1;
using LiveStream.Hosting;
using LiveStream.Hosting.Bus;
using LiveStream.Rooms;
using LiveStream.Rooms.Storage;
using LiveStream.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveStream.Benchmarks.Bus;

/// <summary>
/// Events through the whole way: a transaction of rooms on a PostgreSQL that writes durably, the relay, a real RabbitMQ with
/// confirms and quorum queue, a consumer. Writer, relay and consumer share a process, and all programs one machine.
/// </summary>
internal static class BusBench
{
    private const int Writers = 32, Rooms = 100;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    public static async Task<BenchReport> RunAsync(int events, TextWriter log, CancellationToken cancellationToken)
    {
        var report = new BenchReport("bus",
        [
            new("way", "way"),
            new("events", "events"),
            new("written_per_second", "written/s", "0"),
            new("handled_per_second", "handled/s", "0"),
            new("p50_ms", "from commit to handling p50 ms, 50 a second", "0.0"),
            new("p99_ms", "p99 ms", "0.0"),
            new("lost", "lost"),
            new("repeated", "repeated"),
            new("out_of_order", "out of order"),
        ]);
        await using var postgres = await PostgresServer.StartAsync(durable: true, cancellationToken);
        await using var broker = await RabbitServer.StartAsync(cancellationToken);
        foreach (var (way, settings) in new[] { ("log alone, in process", Array.Empty<string>()), ("log, RabbitMQ", broker.Settings) })
        {
            await log.WriteLineAsync($"{way} ...");
            var folder = Directory.CreateTempSubdirectory("livestream-bench-").FullName;
            try
            {
                var database = await postgres.CreateDatabaseAsync($"bench{settings.Length}", cancellationToken);
                await MeasureAsync(way, events, [.. settings, $"--Rooms:DataDirectory={folder}", $"--Rooms:Database:ConnectionString={database}"], report, cancellationToken);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return report;
    }

    private static async Task MeasureAsync(string way, int events, string[] settings, BenchReport report, CancellationToken cancellationToken)
    {
        var consumer = new BusConsumer();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = ["--Http:Port=0", "--Rooms:Database:Provider=Postgres", "--Bus:Subscribers:0=bench", .. settings],
        });
        builder.AddServiceDefaults();
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.AddRooms();
        builder.Services.AddEventSubscriber("bench").HandleBatches([typeof(RoomUpdated)], _ => consumer);
        builder.AddEventBus();
        await using var app = builder.Build();
        await app.StartAsync(cancellationToken);
        var database = app.Services.GetRequiredService<RoomsDatabase>();

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        // Connections, statements and the compiler are warm, and the queue is there.
        await WriteAsync(database, 0, 2000, limit.Token);
        await consumer.UntilAsync(2000, limit.Token);

        var began = Stopwatch.GetTimestamp();
        await WriteAsync(database, 2000, events, limit.Token);
        var written = Stopwatch.GetElapsedTime(began);
        await consumer.UntilAsync(2000 + events, limit.Token);
        var handled = Stopwatch.GetElapsedTime(began);

        var delays = await DelaysAsync(database, consumer, 2000 + events, limit.Token);
        report.Add(
            way, events, events / written.TotalSeconds, events / handled.TotalSeconds, delays[delays.Length / 2], delays[delays.Length * 99 / 100],
            2000 + events + delays.Length - consumer.Distinct, consumer.Repeated, consumer.OutOfOrder);
        await app.StopAsync(cancellationToken);
    }

    private static Task WriteAsync(RoomsDatabase database, int from, int count, CancellationToken cancellationToken)
    {
        var next = from - 1;
        return Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            // A writer has rooms of its own, so that the order of a room is the order of the writes.
            for (var i = writer; Interlocked.Increment(ref next) < from + count; i++) await PublishAsync(database, writer, i, cancellationToken);
        }));
    }

    private static async Task<double[]> DelaysAsync(RoomsDatabase database, BusConsumer consumer, int before, CancellationToken cancellationToken)
    {
        var delays = new double[200];
        for (var i = 0; i < delays.Length; i++)
        {
            await Task.Delay(20, cancellationToken);
            await PublishAsync(database, 0, i, cancellationToken);
            var began = Stopwatch.GetTimestamp();
            await consumer.UntilAsync(before + i + 1, cancellationToken);
            delays[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        Array.Sort(delays);
        return delays;
    }

    private static Task<int> PublishAsync(RoomsDatabase database, int writer, int i, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            var room = (writer + (Writers * i)) % (Writers * Math.Max(1, Rooms / Writers));
            session.Publish(new RoomUpdated("bench", room.ToString("x24", CultureInfo.InvariantCulture), "name", "template", true, session.Now));
            return Task.FromResult(0);
        },
        cancellationToken);
}
