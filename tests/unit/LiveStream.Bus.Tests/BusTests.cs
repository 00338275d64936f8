using System.Text;

using LiveStream.Hosting.Bus;
using LiveStream.Testing;

using Microsoft.Extensions.DependencyInjection;

using RabbitMQ.Client;

namespace LiveStream.Bus.Tests;

/// <summary>One broker for all tests of the class, each with queues of its own.</summary>
public sealed class Broker : IAsyncLifetime
{
    public RabbitServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await RabbitServer.StartAsync(CancellationToken.None);

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

public sealed class BusTests(Broker broker) : IClassFixture<Broker>
{
    private readonly string _prefix = $"t{Guid.NewGuid():N}"[..20];
    private readonly MemoryLog _log = new();

    [Fact]
    public async Task Events_ReachEverySubscriberOnceAndInOrderOfTheirRoom()
    {
        var relayed = new TaskCompletionSource();
        var (one, many) = (new Receiver(), new Receiver { OnTry = n => n == 1 ? relayed.Task : Task.CompletedTask });
        await using var subscriber = await StartAsync(null, services =>
        {
            one.Subscribe(services, "one");
            many.SubscribeToBatches(services, "many");
        });
        await using var owner = await StartAsync(_log, null, "--Bus:Subscribers:0=one", "--Bus:Subscribers:1=many");
        for (var i = 0; i < 2000; i++) _log.Append($"room-{i % 7}");

        await one.TakeAllAsync(_log);
        relayed.SetResult();
        await many.TakeAllAsync(_log);

        Assert.Contains(many.BatchSizes, size => size > 10);
        await BusProcess.EventuallyAsync(() => Task.FromResult(_log.CursorOf(EventRelay.Subscriber) == 2000));
        Assert.Equal("{\"status\":\"ready\"}", await owner.ReadAsync("/readyz"));
    }

    [Fact]
    public async Task Subscriber_ThatStartsForTheFirstTimeLater_MissesNothing()
    {
        await using var owner = await StartAsync(_log, null, "--Bus:Subscribers:0=late");
        for (var i = 0; i < 50; i++) _log.Append("room");
        await BusProcess.EventuallyAsync(() => Task.FromResult(_log.CursorOf(EventRelay.Subscriber) == 50));

        var late = new Receiver();
        await using var subscriber = await StartAsync(null, services => late.Subscribe(services, "late"));

        await late.TakeAllAsync(_log);
    }

    /// <summary>The first deliveries may be there before the transport knows that it has a consumer.</summary>
    [Fact]
    public async Task Subscribers_ThatFindMoreThanTheyMayHaveAtOnce_GetAllOfIt()
    {
        var names = Enumerable.Range(0, 30).Select(i => $"s{i}").ToArray();
        await using var owner = await StartAsync(_log, null, [.. names.Select((name, i) => $"--Bus:Subscribers:{i}={name}")]);
        for (var i = 0; i < 150; i++) _log.Append($"room-{i % 7}");
        await BusProcess.EventuallyAsync(() => Task.FromResult(_log.CursorOf(EventRelay.Subscriber) == 150));

        var receivers = names.Select(_ => new Receiver()).ToArray();
        await using var subscriber = await StartAsync(null, services =>
        {
            foreach (var (name, receiver) in names.Zip(receivers)) receiver.Subscribe(services, name);
        });

        foreach (var receiver in receivers) await receiver.TakeAllAsync(_log);
    }

    [Fact]
    public async Task Handler_ThatFails_GetsTheSameEventAgainBeforeThoseBehindIt()
    {
        var receiver = new Receiver { OnTry = n => n is > 3 and <= 10 ? throw new InvalidOperationException("not now") : Task.CompletedTask };
        await using var subscriber = await StartAsync(null, services => receiver.Subscribe(services, "s"));
        await using var owner = await StartAsync(_log, null, "--Bus:Subscribers:0=s");
        for (var i = 0; i < 20; i++) _log.Append("room");

        await receiver.TakeAllAsync(_log);

        Assert.Equal(27, receiver.Tries);
        Assert.Equal(0u, await CountAsync("s_error"));
    }

    [Fact]
    public async Task Message_ThatNobodyCanRead_GoesToTheErrorQueueAndHoldsUpNothing()
    {
        var receiver = new Receiver();
        await using var subscriber = await StartAsync(null, services => receiver.Subscribe(services, "s"));
        await using var owner = await StartAsync(_log, null, "--Bus:Subscribers:0=s");
        _log.Append("room");
        await receiver.TakeAsync(1);

        await using (var connection = await ConnectAsync())
        {
            await using var channel = await connection.CreateChannelAsync();
            await channel.BasicPublishAsync($"{_prefix}.events", "room.updated.v1", Encoding.UTF8.GetBytes("no json"));
        }

        _log.Append("room.updated.v1", "room", "{\"RoomId\":");
        _log.Append("room");

        Assert.Equal(3, Assert.Single(await receiver.TakeAsync(1)).Position);
        await BusProcess.EventuallyAsync(async () => await CountAsync("s_error") == 2);
        Assert.Equal(0u, await CountAsync("s"));
    }

    [Fact]
    public async Task Relay_ThatPublishesABatchAgain_MakesNobodyHandleItTwice()
    {
        var receiver = new Receiver();
        await using var subscriber = await StartAsync(null, services => receiver.Subscribe(services, "s"));
        _log.IsStuck = true;
        var first = await StartAsync(_log, null, "--Bus:Subscribers:0=s");
        for (var i = 0; i < 30; i++) _log.Append($"room-{i % 3}");
        var before = await receiver.TakeAllAsync(_log);

        // It dies with its cursor where it was; the next one begins anew.
        await first.DisposeAsync();
        _log.IsStuck = false;
        await using var second = await StartAsync(_log, null, "--Bus:Subscribers:0=s");
        _log.Append("room-0");

        Assert.Equal(31, Assert.Single(await receiver.TakeAsync(1)).Position);
        Assert.Equal((30, 31), (before.Count, receiver.Tries));
        Assert.Contains("bus_repeated_total{subscriber=\"s\"} ", await subscriber.ReadAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoProcesses_WithTheSameSubscriber_HandleInOrderAndTakeOver()
    {
        var receiver = new Receiver();
        var first = await StartAsync(null, services => receiver.SubscribeToBatches(services, "s"));
        await using var second = await StartAsync(null, services => receiver.SubscribeToBatches(services, "s"));
        await using var owner = await StartAsync(_log, null, "--Bus:Subscribers:0=s");
        for (var i = 0; i < 200; i++) _log.Append("room");
        await receiver.TakeAllAsync(_log);

        await first.DisposeAsync();
        for (var i = 0; i < 200; i++) _log.Append("room");

        Assert.Equal(Enumerable.Range(201, 200).Select(i => (long)i), (await receiver.TakeAsync(200)).Select(e => e.Position));
    }

    [Fact]
    public async Task SubscriberInEachProcess_GetsEverythingInEachOfThem()
    {
        var receivers = new[] { new Receiver(), new Receiver() };
        await using var first = await StartAsync(null, services => services.AddEventSubscriber("feed").InEachProcess().Handle<Contracts.Events.V1.RoomUpdated>(_ => receivers[0]));
        await using var second = await StartAsync(null, services => services.AddEventSubscriber("feed").InEachProcess().Handle<Contracts.Events.V1.RoomUpdated>(_ => receivers[1]));
        await using var owner = await StartAsync(_log, null);
        await ReadyAsync(first, second, owner);
        for (var i = 0; i < 20; i++) _log.Append("room");

        foreach (var receiver in receivers) await receiver.TakeAllAsync(_log);
    }

    [Fact]
    public async Task Process_ThatEndsWhileItHandles_LeavesTheRestToTheNextOne()
    {
        var handling = new TaskCompletionSource();
        var receiver = new Receiver
        {
            OnTry = n =>
            {
                if (n <= 3) return Task.CompletedTask;
                handling.TrySetResult();
                return Task.Delay(Timeout.Infinite);
            },
        };
        var first = await StartAsync(null, services => receiver.Subscribe(services, "s"));
        await using var owner = await StartAsync(_log, null, "--Bus:Subscribers:0=s");
        for (var i = 0; i < 20; i++) _log.Append("room");
        await handling.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await first.DisposeAsync();

        receiver.OnTry = _ => Task.CompletedTask;
        await using var second = await StartAsync(null, services => receiver.Subscribe(services, "s"));

        // Handled by the first, whose acknowledgement may not have left in time.
        var again = await receiver.TakeAllWithRepetitionsAsync(_log);
        Assert.InRange(again.Count, 0, 3);
        Assert.All(again, e => Assert.InRange(e.Position, _log.Events[0].Position, _log.Events[2].Position));
        Assert.Equal(0u, await CountAsync("s_error"));
    }

    [Fact]
    public async Task InProcessTransport_WithTheLogElsewhere_IsRefusedAtTheStart()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(null, services => new Receiver().Subscribe(services, "s"), "--Bus:Transport=InProcess"));
        Assert.Contains("s would get no events", error.Message, StringComparison.Ordinal);
    }

    private static Task ReadyAsync(params BusProcess[] processes) =>
        Task.WhenAll(processes.Select(process => BusProcess.EventuallyAsync(async () => await process.ReadAsync("/readyz") == "{\"status\":\"ready\"}")));

    private Task<BusProcess> StartAsync(MemoryLog? log, Action<IServiceCollection>? subscribe, params string[] settings) =>
        BusProcess.StartAsync(broker.Server, _prefix, log, subscribe, settings);

    private Task<IConnection> ConnectAsync() => new ConnectionFactory { HostName = "127.0.0.1", Port = broker.Server.Port }.CreateConnectionAsync();

    // Messages in a queue that nobody has; zero where there is no such queue.
    private async Task<uint> CountAsync(string name)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync($"{_prefix}.{name}")).MessageCount;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return 0;
        }
    }
}
