using LiveStream.E2E.Tests.Harness;

using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Faults;

/// <summary>
/// Each of these breaks one thing while people come and go and a show is on. Nothing that was acknowledged may be lost, order is
/// kept, and everything goes on by itself.
/// </summary>
[Collection(SharedBrowser.Collection)]
public sealed class FaultMatrixTests(FaultStage stage, ITestOutputHelper output) : IClassFixture<FaultStage>
{
    private static readonly TimeSpan s_brokerAway = TimeSpan.FromSeconds(120), s_databaseAway = TimeSpan.FromSeconds(6), s_storeAway = TimeSpan.FromSeconds(5), s_partition = TimeSpan.FromSeconds(6);

    [Fact]
    public Task Nothing_Broken() => stage.RunAsync(output, 0, "nothing", () => Task.Delay(TimeSpan.FromSeconds(3)));

    [Fact]
    public Task Broker_Killed_AndAway() => stage.RunAsync(output, 1, $"RabbitMQ killed, away for {s_brokerAway.TotalSeconds:0} s", async () =>
    {
        await stage.Broker.KillAsync();
        await Task.Delay(s_brokerAway);
        await stage.Broker.StartAgainAsync(default);
    });

    [Fact]
    public Task Database_Away() => stage.RunAsync(output, 2, $"PostgreSQL stopped, away for {s_databaseAway.TotalSeconds:0} s", async () =>
    {
        await stage.Postgres.StopAsync(default);
        await Task.Delay(s_databaseAway);
        await stage.Postgres.StartAgainAsync(default);
    });

    [Fact]
    public Task Store_Away() => StoreAsync(3, "away", StoreFault.Down);

    [Fact]
    public Task Store_Slow() => StoreAsync(4, "slow (0.4 s for each piece of a request)", StoreFault.Slow);

    [Fact]
    public Task Store_Full() => StoreAsync(5, "full (answers 507)", StoreFault.Full);

    [Fact]
    public Task Rooms_Killed() => KilledAsync(6, "rooms");

    [Fact]
    public Task Signalling_Killed() => KilledAsync(7, "signalling");

    [Fact]
    public Task Sfu_Killed() => KilledAsync(8, "sfu");

    [Fact]
    public Task Packager_Killed_AnotherTakesOver() => stage.RunAsync(output, 9, "the show's packager of two killed", async () =>
    {
        var first = await stage.PackagerAsync();
        await stage.Product.KillAsync(first);
        await stage.UntilShownAsync();
        Assert.NotEqual(first, await stage.PackagerAsync());
        await stage.Product.StartAgainAsync(first);
    });

    [Fact]
    public Task Packager_Frozen_TwoClaimTheStream() => stage.RunAsync(output, 12, "the show's packager frozen until another has taken over, and thawed: two claim one stream", async () =>
    {
        var first = await stage.PackagerAsync();
        Processes.Freeze(stage.Product.ProcessIdOf(first));
        await stage.UntilShownAsync();
        Processes.Thaw(stage.Product.ProcessIdOf(first));
        Assert.NotEqual(first, await stage.PackagerAsync());
        // What the first one had would now go back in its numbers.
        await stage.UntilShownAsync();
        await Task.Delay(TimeSpan.FromSeconds(3));
    });

    [Fact]
    public Task Recording_Killed() => KilledAsync(10, "recording");

    [Fact]
    public Task Webhooks_Killed() => KilledAsync(11, "webhooks");

    [Fact]
    public async Task Messages_PublishedAgain_BehindNewerOnes()
    {
        await stage.KeepEventsAsync();
        var row = await stage.RunAsync(output, 13, "all messages published twice, the second time behind newer ones, to consumers killed in between", async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(2));
            foreach (var name in new[] { "rooms", "webhooks", "recording" }) await stage.Product.KillAsync(name);
            await stage.ForgetWhatWasPublishedAsync();
            foreach (var name in new[] { "rooms", "webhooks", "recording" }) await stage.Product.StartAgainAsync(name);
        });
        // A delivery that was under way when webhooks was killed is made again: one for each room. The hundreds that were over are not.
        Assert.InRange(row.Repeated, 0, 8);
    }

    [Fact]
    public Task Signalling_AndSfu_CutOff() => stage.RunAsync(output, 14, $"signalling and SFU cut off from each other for {s_partition.TotalSeconds:0} s", async () =>
    {
        stage.Control.Cut();
        await Task.Delay(s_partition);
        stage.Control.Heal();
    });

    private Task<FaultRow> KilledAsync(int number, string service) => stage.RunAsync(output, number, $"{service} killed", () => stage.KillAsync(service));

    private Task<FaultRow> StoreAsync(int number, string how, StoreFault fault) => stage.RunAsync(output, number, $"object store {how} for {s_storeAway.TotalSeconds:0} s", async () =>
    {
        stage.Store.Set(fault);
        await Task.Delay(s_storeAway);
        stage.Store.Set(StoreFault.None);
    });
}
