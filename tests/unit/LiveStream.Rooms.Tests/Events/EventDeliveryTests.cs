using System.Net;

using LiveStream.Contracts.Events.V1;
using LiveStream.Hosting.Bus;
using LiveStream.Rooms.Streams;
using LiveStream.Rooms.Tests.Databases;
using LiveStream.Rooms.Tests.Http;
using LiveStream.Rooms.Tests.Tokens;

using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.Rooms.Tests.Events;

public sealed class EventDeliveryTestsOnSqlite() : EventDeliveryTests(new SqliteDatabase());

public sealed class EventDeliveryTestsOnPostgres() : EventDeliveryTests(new PostgresDatabase());

public abstract class EventDeliveryTests(TestDatabase database) : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("livestream-rooms-").FullName;

    [Fact]
    public async Task Changes_OfOneRoom_ArriveInOrderWithWhatTheySay()
    {
        var (created, updated) = (new Recorder<RoomCreated>(), new Recorder<RoomUpdated>());
        await using var run = await StartAsync(builder => builder.Services.AddEventSubscriber("both").Handle<RoomCreated>(_ => created).Handle<RoomUpdated>(_ => updated));
        var id = await run.CreateAsync("""{"name":"Show"}""");
        for (var i = 0; i < 20; i++) await run.ChangeAsync(id, $$"""{"enabled":{{(i % 2 == 1 ? "true" : "false")}}}""");

        var made = Assert.Single(await created.TakeAsync(1));
        var changes = await updated.TakeAsync(20);

        Assert.Equal((id, "Show", true), (made.Body.RoomId, made.Body.Name, made.Body.Enabled));
        Assert.Equal(id, made.Key);
        Assert.All(changes, change => Assert.True(change.Position > made.Position));
        Assert.Equal(changes.OrderBy(change => change.Position), changes);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i % 2 == 1), changes.Select(change => change.Body.Enabled));
        Assert.Equal(20, changes.Select(change => change.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task Handler_ThatFails_GetsTheEventAgainAndHoldsUpNobodyElse()
    {
        var (failing, other) = (new Recorder<RoomCreated>(), new Recorder<RoomCreated>());
        var (tried, repaired) = (new TaskCompletionSource(), new TaskCompletionSource());
        failing.OnDelivery = (_, _) =>
        {
            if (repaired.Task.IsCompleted) return Task.CompletedTask;
            tried.TrySetResult();
            throw new InvalidOperationException("not now");
        };
        await using var run = await StartAsync(builder =>
        {
            failing.Subscribe(builder, "failing");
            other.Subscribe(builder, "other");
        });
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Add(await run.CreateAsync());

        Assert.Equal(ids, (await other.TakeAsync(5)).Select(e => e.Body.RoomId));
        // The two subscribers go their own pace: this one may not even have begun.
        await tried.Task.WaitAsync(s_limit);
        Assert.True(failing.IsEmpty);
        repaired.SetResult();
        Assert.Equal(ids, (await failing.TakeAsync(5)).Select(e => e.Body.RoomId));
        Assert.True(failing.Tries > 5);
    }

    [Fact]
    public async Task Restart_GoesOnBehindWhatWasHandled()
    {
        var recorder = new Recorder<RoomCreated>();
        string before;
        await using (var run = await StartAsync(builder => recorder.Subscribe(builder, "s")))
        {
            before = await run.CreateAsync();
            Assert.Equal(before, Assert.Single(await recorder.TakeAsync(1)).Body.RoomId);
        }

        // Nobody subscribes, yet the change is kept for who did.
        string meanwhile;
        await using (var run = await StartAsync(_ => { })) meanwhile = await run.CreateAsync();

        var later = new Recorder<RoomCreated>();
        var newcomer = new Recorder<RoomCreated>();
        await using var last = await StartAsync(builder =>
        {
            later.Subscribe(builder, "s");
            newcomer.Subscribe(builder, "newcomer");
        });
        var now = await last.CreateAsync();

        Assert.Equal([meanwhile, now], (await later.TakeAsync(2)).Select(e => e.Body.RoomId));
        // On PostgreSQL an older transaction anywhere in the server, here of another test, may hold back the position of what
        // was written meanwhile until the newcomer has begun; what was delivered before is behind it in any case.
        var first = Assert.Single(await newcomer.TakeAsync(1)).Body.RoomId;
        if (first == meanwhile) first = Assert.Single(await newcomer.TakeAsync(1)).Body.RoomId;
        Assert.Equal(now, first);
        Assert.True(recorder.IsEmpty && later.IsEmpty && newcomer.IsEmpty);
    }

    [Fact]
    public async Task TwoProcesses_DeliverEachEventOnceAndTakeOverFromEachOther()
    {
        var recorder = new Recorder<RoomCreated>();
        var first = await StartAsync(builder => recorder.Subscribe(builder, "s"));
        await using var second = await StartAsync(builder => recorder.Subscribe(builder, "s"));

        var made = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => (i % 2 == 0 ? first : second).CreateAsync()));
        var got = await recorder.TakeAsync(200);
        Assert.Equal(made.Order(), got.Select(e => e.Body.RoomId).Order());
        Assert.Equal(got.OrderBy(e => e.Position), got);

        await first.DisposeAsync();
        var more = new List<string>();
        for (var i = 0; i < 10; i++) more.Add(await second.CreateAsync());
        Assert.Equal(more, (await recorder.TakeAsync(10)).Select(e => e.Body.RoomId));
        Assert.Equal(210, recorder.Tries);
    }

    [Fact]
    public async Task Trim_RemovesWhatIsOldAndHandledOnly()
    {
        var recorder = new Recorder<RoomCreated>();
        var hold = new TaskCompletionSource();
        recorder.OnDelivery = (_, n) => n <= 3 ? Task.CompletedTask : hold.Task;
        await using var run = await StartAsync(builder => recorder.Subscribe(builder, "s"), "--Events:BatchSize=1");
        for (var i = 0; i < 5; i++) await run.CreateAsync();
        await recorder.TakeAsync(3);
        var log = run.Host.Services.GetRequiredService<IEventLog>();
        await EventuallyAsync(async () => await log.ReadAsync(await log.OpenCursorAsync("s", default), 10, default) is { Count: 2 });
        // Its cursor is saved a little later, as it wants none of these.
        await EventuallyAsync(async () => await log.ReadAsync(await log.OpenCursorAsync(LiveStreamFeed.Subscriber, default), 10, default) is []);

        Assert.Equal(0, await log.TrimAsync(CancellationToken.None));
        await run.Host.ChangeAsync(db => db.Events.ExecuteUpdateAsync(set => set.SetProperty(e => e.CreatedAt, DateTimeOffset.UtcNow.AddDays(-8))));
        Assert.Equal(3, await log.TrimAsync(CancellationToken.None));
        Assert.Equal(2, (await log.ReadAsync(0, 10, CancellationToken.None)).Count);

        hold.SetResult();
        Assert.Equal(2, (await recorder.TakeAsync(2)).Count);
    }

    [Fact]
    public async Task EventThatThisVersionDoesNotKnow_IsPassedOver()
    {
        var recorder = new Recorder<RoomCreated>();
        await using var run = await StartAsync(builder => recorder.Subscribe(builder, "s"));
        await run.Host.ChangeAsync(db =>
        {
            db.Add(new LiveStream.Rooms.Storage.EventRow { MessageId = Guid.NewGuid(), Type = "room.vanished.v9", Key = "k", Body = "not json", CreatedAt = DateTimeOffset.UtcNow });
            return Task.CompletedTask;
        });

        var id = await run.CreateAsync();

        Assert.Equal(id, Assert.Single(await recorder.TakeAsync(1)).Body.RoomId);
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Waits for what another task is about to do, by looking again as often as the scheduler allows.</summary>
    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(s_limit);
        while (!await condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<Running> StartAsync(Action<WebApplicationBuilder> configure, params string[] settings)
    {
        var host = new RoomsHost(database, _folder)
        {
            Configure = configure,
            Settings = ["--Events:FirstRetry=00:00:00.010", "--Events:LongestRetry=00:00:00.050", "--Events:PollInterval=00:00:00.100", .. settings],
        };
        await host.InitializeAsync();
        return new Running(host);
    }

    private sealed record Running(RoomsHost Host) : IAsyncDisposable
    {
        private readonly string _token = Jwt.Sign(Host.Workspace.Secret, Jwt.Management(Host.Workspace.AccessKey, DateTimeOffset.UtcNow));
        private int _disposed;

        public async Task<string> CreateAsync(string body = "{}")
        {
            var (status, reply) = await Host.SendAsync(HttpMethod.Post, "/v2/rooms", _token, body);
            Assert.Equal(HttpStatusCode.OK, status);
            return (string)reply["id"]!;
        }

        public async Task ChangeAsync(string id, string body) =>
            Assert.Equal(HttpStatusCode.OK, (await Host.SendAsync(HttpMethod.Post, $"/v2/rooms/{id}", _token, body)).Status);

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0) await Host.DisposeAsync();
        }
    }
}
