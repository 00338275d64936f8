using LiveStream.Testing;

using Xunit.Abstractions;

namespace LiveStream.Bus.Tests;

/// <summary>The broker is away, in each way it can be.</summary>
public sealed class OutageTests(ITestOutputHelper output)
{
    private readonly MemoryLog _log = new();

    [Fact]
    public async Task Broker_ThatStopsAndIsKilledInTheMiddle_CostsNoEventAndNoOrder()
    {
        await using var broker = await RabbitServer.StartAsync(CancellationToken.None);
        var (one, many) = (new Receiver(), new Receiver());
        await using var subscriber = await BusProcess.StartAsync(broker, "out", null, services =>
        {
            one.Subscribe(services, "one");
            many.SubscribeToBatches(services, "many");
        });
        await using var owner = await BusProcess.StartAsync(broker, "out", _log, null, "--Bus:Subscribers:0=one", "--Bus:Subscribers:1=many");

        using var end = new CancellationTokenSource();
        var writing = WriteAsync(end.Token);
        await UntilRelayedAsync(100);
        await broker.StopAsync();
        await BusProcess.EventuallyAsync(async () => (await owner.ReadAsync("/readyz")).Contains("the broker is not connected", StringComparison.Ordinal));
        await UntilWrittenAsync(_log.Events.Count + 200);
        await broker.StartAgainAsync(CancellationToken.None);
        await UntilRelayedAsync(_log.Events.Count);
        await broker.KillAsync();
        await UntilWrittenAsync(_log.Events.Count + 200);
        await broker.StartAgainAsync(CancellationToken.None);
        await UntilRelayedAsync(_log.Events.Count);
        await end.CancelAsync();
        await writing;

        await one.TakeAllAsync(_log);
        await many.TakeAllAsync(_log);
        output.WriteLine($"{_log.Events.Count} sent, {one.Tries} handled one by one, 0 lost, 0 handled twice, order of each room kept.");
        Assert.Equal(_log.Events.Count, one.Tries);
    }

    /// <summary>As it is on a machine that has more to do than it can: every try of the relay runs into its limit meanwhile.</summary>
    [Fact]
    public async Task Broker_ThatStandsStillForAWhile_GetsEverythingOnceItGoesOn()
    {
        await using var broker = await RabbitServer.StartAsync(CancellationToken.None);
        var receiver = new Receiver();
        await using var subscriber = await BusProcess.StartAsync(broker, "still", null, services => receiver.Subscribe(services, "s"));
        await using var owner = await BusProcess.StartAsync(broker, "still", _log, null, "--Bus:Subscribers:0=s", "--Bus:PublishTimeout=00:00:00.2");
        for (var i = 0; i < 20; i++) _log.Append($"room-{i % 5}");
        await UntilRelayedAsync(20);

        await broker.FreezeAsync();
        for (var i = 0; i < 500; i++) _log.Append($"room-{i}");
        var before = _log.Reads;
        await BusProcess.EventuallyAsync(() => Task.FromResult(_log.Reads >= before + 6));
        await broker.ThawAsync();

        await receiver.TakeAllAsync(_log);
        await UntilRelayedAsync(_log.Events.Count);
    }

    [Fact]
    public async Task Broker_ThatComesAfterTheProcesses_GetsWhatHappenedBefore()
    {
        await using var broker = await RabbitServer.PrepareAsync();
        var receiver = new Receiver();
        await using var subscriber = await BusProcess.StartAsync(broker, "late", null, services => receiver.Subscribe(services, "s"));
        await using var owner = await BusProcess.StartAsync(broker, "late", _log, null, "--Bus:Subscribers:0=s");
        Assert.Equal("{\"status\":\"ready\",\"missing\":[\"bus: the broker is not connected; events wait\"]}", await owner.ReadAsync("/readyz"));
        for (var i = 0; i < 50; i++) _log.Append($"room-{i % 3}");

        await broker.StartAgainAsync(CancellationToken.None);

        await receiver.TakeAllAsync(_log);
    }

    [Fact]
    public async Task Process_WithoutABroker_EndsInTime()
    {
        await using var broker = await RabbitServer.PrepareAsync();
        var owner = await BusProcess.StartAsync(broker, "never", _log, services => new Receiver().Subscribe(services, "s"));
        _log.Append("room");
        await owner.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(90));
        Assert.Equal(0, _log.CursorOf(EventRelay.Subscriber));
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            _log.Append($"room-{i % 5}");
            await Task.Delay(10, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task UntilWrittenAsync(int count) => BusProcess.EventuallyAsync(() => Task.FromResult(_log.Events.Count >= count));

    private Task UntilRelayedAsync(int count) => BusProcess.EventuallyAsync(() => Task.FromResult(_log.CursorOf(EventRelay.Subscriber) >= count));
}
