using System.Collections.Concurrent;

using LiveStream.E2E.Tests.Harness;
using LiveStream.Testing;

using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Faults;

/// <summary>
/// Six services with a database, a broker and an object store of their own, a receiver of webhooks, people who come and go, and a
/// show with viewers by WebRTC and by HLS: once for all faults. It starts again what was killed, as an orchestrator does.
/// </summary>
public sealed class FaultStage : IAsyncLifetime, ITestOutputHelper
{
    /// <summary>Names a document that gets the table.</summary>
    private const string DocumentVariable = "E2E_RELIABILITY";

    // For what comes at once on an idle machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(150);

    private readonly ConcurrentQueue<string> _log = new();
    private readonly ConcurrentQueue<FaultRow> _rows = new();
    private HttpClient _http = null!;
    private HlsViewer _hls = null!;
    private RealTimeViewer _realTime = null!;
    private StagePublisher _publisher = null!;
    private EventStream _events = null!;
    private WebhookSink _sink = null!;
    private S3Server _store = null!;
    private string _database = "";

    internal Product Product { get; private set; } = null!;

    internal PostgresServer Postgres { get; private set; } = null!;

    internal RabbitServer Broker { get; private set; } = null!;

    internal StoreLink Store { get; private set; } = null!;

    /// <summary>Between signalling and the SFU.</summary>
    internal CuttableProxy Control { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var (postgres, broker, store) = (PostgresServer.StartAsync(durable: false, default), RabbitServer.StartAsync(default), S3Server.StartAsync(default));
        (Postgres, Broker, _store, _sink) = (await postgres, await broker, await store, await WebhookSink.StartAsync());
        await _store.CreateBucketAsync("shows", default);
        Store = new StoreLink(_store.Endpoint);
        var surroundings = new Surroundings(Postgres, Broker) { Own = Own, TwoPackagers = true };
        Product = await Product.StartAsync(
            this, Form.SixServices, surroundings, ("Webhooks__AllowedNetworks__0", "127.0.0.0/8"), ("Webhooks__DefaultUrl", _sink.Address.ToString()),
            ("Objects__Store", "S3"), ("Objects__S3__Endpoint", Store.Address), ("Objects__S3__Bucket", "shows"), ("Objects__S3__AccessKey", S3Server.AccessKey),
            ("Objects__S3__SecretKey", S3Server.SecretKey), ("Objects__S3__PlainBodies", "true"), ("Rooms__SessionSweep", "1.00:00:00"));
        _database = Product.Six!.Database;
        _http = new HttpClient { BaseAddress = Product.Address, Timeout = TimeSpan.FromSeconds(12) };
        _realTime = new RealTimeViewer(_http, Product.Whep, () => Product.Tokens.For(SdkShow.RealTime));
        _publisher = new StagePublisher(this, Product, _realTime.Clock);
        _publisher.Start();
        _realTime.Start();
        await _realTime.Clock.TicksAsync(50, s_patience);
        var stream = await Product.StartLiveStreamAsync();
        await Product.WaitUntilRunningAsync();
        var master = new Uri(stream.GetProperty("playback").GetProperty("url").GetString()!);
        var variants = HlsMultivariant.Parse(await _http.GetStringAsync(master), master);
        _hls = new HlsViewer(_http, variants.Variants[0].Address);
        _hls.Start();
        _events = await EventStream.StartAsync(Product, Product.Six!);
        await _events.MoreAsync(_events.Acknowledged, 3, s_patience);
    }

    public async Task DisposeAsync()
    {
        // What is there of it, whatever failed on the way here.
        if (_events is not null) await _events.DisposeAsync();
        if (_hls is not null) await _hls.DisposeAsync();
        if (_publisher is not null) await _publisher.DisposeAsync();
        if (_realTime is not null) await _realTime.DisposeAsync();
        if (Product is not null) await Product.DisposeAsync();
        Control?.Dispose();
        Store?.Dispose();
        _http?.Dispose();
        if (_sink is not null) await _sink.DisposeAsync();
        if (_store is not null) await _store.DisposeAsync();
        if (Broker is not null) await Broker.DisposeAsync();
        if (Postgres is not null) await Postgres.DisposeAsync();
        if (Environment.GetEnvironmentVariable(DocumentVariable) is { Length: > 0 } document) FaultRow.Write(document, _rows);
    }

    /// <summary>Breaks something, sees that everything goes on afterwards, and counts.</summary>
    internal async Task<FaultRow> RunAsync(ITestOutputHelper output, int number, string fault, Func<Task> breakAndMend)
    {
        var (before, repeated, outOfOrder) = (_events.Acknowledged, _sink.Repeated, OutOfOrder());
        _realTime.Clock.Begin();
        _hls.Clock.Begin();
        var mark = Product.Log.Count;
        try
        {
            await breakAndMend();
            await _events.MoreAsync(_events.Acknowledged, 4, s_patience);
            var after = _events.Acknowledged;
            await _sink.UntilAsync(() => before.All(lane => _sink.Count(lane.Key, lane.Value, after[lane.Key]) == after[lane.Key] - lane.Value), s_patience);
            await _realTime.Clock.TicksAsync(100, s_patience);
            await _hls.Clock.TicksAsync(6, s_patience);
            var row = new FaultRow(
                number, fault, before.Sum(lane => after[lane.Key] - lane.Value), before.Sum(lane => _sink.Count(lane.Key, lane.Value, after[lane.Key])),
                _sink.Repeated - repeated, OutOfOrder() - outOfOrder, _realTime.Clock.Longest, _hls.Clock.Longest);
            output.WriteLine(row.ToString());
            Assert.Empty(_hls.Faults);
            Assert.Equal(0, row.Lost);
            Assert.Equal(0, row.OutOfOrder);
            _rows.Enqueue(row);
            return row;
        }
        catch
        {
            foreach (var line in Product.Log.Skip(mark).Where(line => !line.Contains("info:", StringComparison.Ordinal)).TakeLast(400)) output.WriteLine(line);
            throw;
        }
    }

    /// <summary>Kills a service at some moment; it is started again at once.</summary>
    internal async Task KillAsync(params string[] names)
    {
        await Task.Delay(Random.Shared.Next(1000));
        foreach (var name in names) await Product.KillAsync(name);
        foreach (var name in names) await Product.StartAgainAsync(name);
    }

    /// <summary>The packager that has the show.</summary>
    internal Task<string> PackagerAsync() => _events.PackagerOfAsync(Product.Workspace.RoomId);

    /// <summary>Completes when the show goes on for viewers by HLS.</summary>
    internal Task UntilShownAsync() => _hls.Clock.TicksAsync(3, s_patience);

    /// <summary>Lets the relay publish everything again that is still in the log.</summary>
    internal Task ForgetWhatWasPublishedAsync() => Postgres.ExecuteAsync(
        _database,
        """
        DO $$
        DECLARE kept bigint;
        BEGIN
            SELECT position INTO STRICT kept FROM event_cursors WHERE subscriber = 'test';
            UPDATE event_cursors SET position = kept WHERE subscriber = 'bus' AND position > kept;
            IF NOT FOUND THEN RAISE EXCEPTION 'nothing was published since'; END IF;
            DELETE FROM event_cursors WHERE subscriber = 'test';
        END $$
        """,
        default);

    /// <summary>Keeps what follows in the log, whoever has read it.</summary>
    internal Task KeepEventsAsync() => Postgres.ExecuteAsync(
        _database, "INSERT INTO event_cursors SELECT 'test', position, updated_at FROM event_cursors WHERE subscriber = 'bus' ON CONFLICT DO NOTHING", default);

    void ITestOutputHelper.WriteLine(string message) => _log.Enqueue(message);

    void ITestOutputHelper.WriteLine(string format, params object[] args) => _log.Enqueue(string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args));

    private int OutOfOrder() => _events.Acknowledged.Keys.Sum(_sink.OutOfOrder);

    private IEnumerable<(string Name, string Value)> Own(string service, Func<string, int> rpcPort)
    {
        if (service != "signalling") yield break;
        Control = new CuttableProxy(new Uri($"http://127.0.0.1:{rpcPort("sfu")}"));
        yield return ("Peers__Sfu", $"http://127.0.0.1:{Control.Address.Port}");
    }
}
