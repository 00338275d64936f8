using LiveStream.Hosting.Bus;
using LiveStream.Testing;

namespace LiveStream.Bus.Tests;

public sealed class DeliveryOrderTests
{
    private readonly TestClock _time = new();
    private readonly DeliveryOrder _order;

    public DeliveryOrderTests() => _order = new DeliveryOrder(_time);

    [Fact]
    public void Deliveries_ThatComeInAnyOrder_AreTakenByTheirNumbers()
    {
        foreach (var number in new ulong[] { 3, 1, 5, 2 }) Offer("a", number);

        Assert.Equal([1, 2, 3], Take());
        Assert.Empty(Take());
        Offer("a", 4);
        Assert.Equal([4, 5], Take());
    }

    [Fact]
    public void Limit_LeavesTheRestForTheNextTake()
    {
        for (ulong number = 1; number <= 5; number++) Offer("a", number);
        Assert.Equal([1, 2], Take(2));
        Assert.Equal([3, 4], Take(2));
        Assert.Equal([5], Take(2));
    }

    [Fact]
    public void NumberThatIsPassed_HoldsUpNothing()
    {
        Offer("a", 2);
        Assert.Empty(Take());
        _order.Pass("a", 1);
        Assert.Equal([2], Take());
    }

    [Fact]
    public void NumberThatNeverComes_IsGivenUpAfterItsLimit()
    {
        Offer("a", 8);
        Assert.Empty(Take());
        _time.Advance(DeliveryOrder.GapLimit - TimeSpan.FromMilliseconds(1));
        Assert.Empty(Take());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([8], Take());
        Offer("a", 9);
        Assert.Equal([9], Take());
    }

    [Fact]
    public void NewConnection_FollowsWhatTheOldOneStillHas()
    {
        Offer("a", 1);
        Offer("b", 1, position: 101);
        Offer("a", 2);

        Assert.Equal([1, 2], Take());
        Assert.Equal([101], Take());
        // What straggles behind is delivered again by the new one: it neither counts nor ends.
        Assert.False(Offer("a", 3).IsCompleted);
        Offer("b", 2, position: 102);
        Assert.Equal([102], Take());
    }

    [Fact]
    public void AfterTheClose_NothingIsTakenAndNothingEnds()
    {
        var waiting = Offer("a", 1);
        _order.Close();
        var late = Offer("a", 2);

        Assert.Empty(Take());
        Assert.False(waiting.IsCompleted || late.IsCompleted);
    }

    [Fact]
    public async Task Wait_EndsWithTheNextDelivery()
    {
        Assert.Empty(Take());
        var waiting = _order.WaitAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        _ = Offer("a", 1);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([1], Take());
    }

    private Task Offer(string channel, ulong number, long? position = null) =>
        _order.Offer(channel, number, new LoggedEvent(position ?? (long)number, Guid.NewGuid(), "room.updated.v1", "room", "{}", DateTimeOffset.UnixEpoch));

    private IEnumerable<long> Take(int limit = 100) => [.. _order.Take(limit).Select(delivery => delivery.Event.Position)];
}
