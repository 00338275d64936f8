using LiveStream.Webhooks.Delivery;

namespace LiveStream.Webhooks.Tests.Delivery;

public sealed class DeliverySchedulerTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly DeliveryScheduler _scheduler = new(new SchedulerLimits(PerEndpoint: 2, Total: 8));
    private DateTimeOffset _now = s_start;
    private long _id;

    [Fact]
    public void TryStart_OneRoom_IsInOrderOneAfterTheOther()
    {
        var (first, second) = (Add("e", "r"), Add("e", "r"));
        var attempt = Start(first);
        AssertIdle();
        Deliver(attempt);
        Deliver(Start(second));
        Assert.Equal((0, 0), (_scheduler.Entries, _scheduler.Queues));
    }

    [Fact]
    public void TryStart_FailedHead_HoldsItsRoomOnlyAndIsDueAgain()
    {
        var first = Add("e", "r");
        Add("e", "r");
        var other = Add("e", "s");
        Fail(Start(first), TimeSpan.FromSeconds(3));
        Deliver(Start(other));
        AssertIdle();
        Assert.Equal(_now.AddSeconds(3), _scheduler.NextDue);
        _now = _now.AddSeconds(3);
        var again = Start(first);
        Assert.Equal(1, again.Delivery.Attempts);
    }

    [Fact]
    public void Complete_HeadThatStumbles_KeepsTheOthersAndItsBodyInMemory()
    {
        var (first, second) = (Add("e", "r"), Add("e", "r"));
        Fail(Start(first), TimeSpan.FromSeconds(1));
        var third = Add("e", "r");
        Assert.Equal(3, _scheduler.Entries);
        _now = _now.AddSeconds(1);
        var again = Start(first);
        Assert.NotNull(again.Delivery.Body);
        Deliver(again);
        Deliver(Start(second));
        Deliver(Start(third));
        Assert.False(_scheduler.TryTakeLoad(out _));
        Assert.Equal((0, 0), (_scheduler.Entries, _scheduler.Queues));
    }

    [Fact]
    public void Complete_HeadThatKeepsFailing_LeavesTheOthersToTheDatabase()
    {
        var (first, second) = (Add("e", "r"), Add("e", "r"));
        for (var i = 0; i <= DeliveryQueue.PatientAttempts; i++)
        {
            Assert.Equal(2, _scheduler.Entries);
            Fail(Start(first), TimeSpan.FromSeconds(1));
            _now = _now.AddSeconds(1);
        }

        Assert.Equal(1, _scheduler.Entries);
        Deliver(Start(first));

        Assert.True(_scheduler.TryTakeLoad(out var queue));
        Assert.Equal(("r", first), (queue.Key, queue.LoadedTo));
        _scheduler.Load(queue, [Row(first, "e", "r"), Row(second, "e", "r")], more: false, _now);
        // The first is settled, though not yet written: it is not sent again.
        Deliver(Start(second));
        AssertIdle();
    }

    [Fact]
    public void TryStart_Concurrency_IsBoundedForEachEndpoint()
    {
        for (var i = 0; i < 5; i++) Add("slow", $"r{i}");
        var other = Add("fast", "r");
        var started = StartAll();
        Assert.Equal(2, started.Count(attempt => attempt.Delivery.EndpointId == "slow"));
        Assert.Contains(started, attempt => attempt.Delivery.Id == other);
        Deliver(started.First(attempt => attempt.Delivery.EndpointId == "slow"));
        Assert.Single(StartAll());
    }

    [Fact]
    public void TryStart_EndpointThatFails_GetsOneAttemptAtATimeOutOfItsShare()
    {
        for (var i = 0; i < EndpointLane.StrugglingFrom; i++)
        {
            Add("bad", $"x{i}");
            Fail(StartAll().Single(), TimeSpan.FromHours(1));
        }

        Add("bad", "y1");
        Add("bad", "y2");
        Assert.Single(StartAll());
    }

    [Fact]
    public void TryStart_ManyEndpointsThatHang_LeaveThreeQuartersToTheOthers()
    {
        for (var e = 0; e < 20; e++)
        {
            for (var i = 0; i < EndpointLane.StrugglingFrom; i++)
            {
                Add($"bad{e}", $"x{i}");
                Fail(StartAll().Single(), TimeSpan.FromHours(1));
            }

            Add($"bad{e}", "y");
            if (StartAll() is [var one]) _hanging.Add(one);
        }

        Assert.Equal(2, _hanging.Count);
        for (var i = 0; i < 10; i++) Add($"good{i}", "r");
        Assert.Equal(6, StartAll().Count);
    }

    [Fact]
    public void Complete_EndpointThatAnswersAgain_GetsAllThatWaitsAtOnce()
    {
        for (var i = 0; i < EndpointLane.StrugglingFrom; i++)
        {
            Add("e", $"x{i}");
            Fail(StartAll().Single(), TimeSpan.FromHours(1));
        }

        var probe = Add("e", "y");
        Deliver(Start(probe));
        var sent = 0;
        while (StartAll() is { Count: > 0 } started)
        {
            sent += started.Count;
            started.ForEach(Deliver);
        }

        Assert.Equal(EndpointLane.StrugglingFrom, sent);
    }

    [Fact]
    public void Complete_ReceiverWantsAPause_HoldsTheWholeEndpoint()
    {
        var first = Add("e", "r");
        _scheduler.Complete(
            Start(first), new DeliveryDecision(DeliveryState.Pending, _now.AddSeconds(60), null, _now.AddSeconds(60)), false, 1, _now, _now);
        Add("e", "s");
        AssertIdle();
        _now = _now.AddSeconds(60);
        Assert.Equal(2, StartAll().Count);
    }

    [Fact]
    public void Complete_Aside_LetsTheOthersPass()
    {
        var (first, second) = (Add("e", "r"), Add("e", "r"));
        _scheduler.Complete(Start(first), new DeliveryDecision(DeliveryState.Pending, _now.AddSeconds(5), null, null), true, 1, _now, _now);
        Deliver(Start(second));
        AssertIdle();
        _now = _now.AddSeconds(5);
        Deliver(Start(first));
        Assert.Equal(0, _scheduler.Entries);
    }

    [Fact]
    public void Add_LongQueue_IsHeldInPartAndReadOnInOrder()
    {
        const int Count = 1000;
        for (var i = 0; i < Count; i++) Add("e", "r");
        Assert.InRange(_scheduler.Entries, 1, 100);

        var delivered = new List<long>();
        while (delivered.Count < Count)
        {
            if (_scheduler.TryStart(_now, out var attempt))
            {
                delivered.Add(attempt.Delivery.Id);
                Deliver(attempt);
                continue;
            }

            Assert.True(_scheduler.TryTakeLoad(out var queue));
            var after = queue.LoadedTo;
            PendingDelivery[] rows = [.. Enumerable.Range(1, Count).Where(id => id > after).Take(64).Select(id => Row(id, "e", "r"))];
            _scheduler.Load(queue, rows, rows.Length == 64, _now);
        }

        Assert.Equal(Enumerable.Range(1, Count).Select(id => (long)id), delivered);
    }

    [Fact]
    public void Discover_AfterAStart_ReadsWhatIsPending()
    {
        _scheduler.Discover("e", "r", 7, _now);
        Assert.True(_scheduler.TryTakeLoad(out var queue));
        Assert.Equal(0, queue.LoadedTo);
        _scheduler.Load(queue, [Row(5, "e", "r"), Row(7, "e", "r")], more: false, _now);
        // Looked at again while it is known, it is not read twice.
        _scheduler.Discover("e", "r", 7, _now);
        Deliver(Start(5));
        Deliver(Start(7));
        Assert.False(_scheduler.TryTakeLoad(out _));
    }

    [Fact]
    public void Retry_BeforeWhatWaitsIsRead_MakesItDueOnce()
    {
        var later = Row(5, "e", "r") with { Attempts = 4, NextAt = _now.AddHours(1) };
        _scheduler.Retry("e", _now);
        _scheduler.Discover("e", "r", 5, _now);
        Assert.True(_scheduler.TryTakeLoad(out var queue));
        _scheduler.Load(queue, [later], more: false, _now);
        Fail(Start(5), TimeSpan.FromHours(1));
        AssertIdle();

        // The endpoint has shown that it does not answer.
        _scheduler.Discover("e", "s", 6, _now);
        Assert.True(_scheduler.TryTakeLoad(out queue));
        _scheduler.Load(queue, [later with { Id = 6, Queue = "s" }], more: false, _now);
        AssertIdle();
    }

    [Fact]
    public void Load_AfterTheEndpointWasOffForAMoment_DoesNotPassWhatFailedBefore()
    {
        var (first, second) = (Add("e", "r"), Add("e", "r"));
        var attempt = Start(first);
        _scheduler.Remove("e");
        Fail(attempt, TimeSpan.FromSeconds(1));
        // Not written yet, and on again.
        _scheduler.Discover("e", "r", second, _now);
        Assert.True(_scheduler.TryTakeLoad(out var queue));
        _scheduler.Load(queue, [Row(first, "e", "r"), Row(second, "e", "r")], more: false, _now);
        Deliver(Start(first));
        Deliver(Start(second));
    }

    [Fact]
    public void Remove_Endpoint_ForgetsWhatWaits()
    {
        var first = Add("e", "r");
        Add("e", "s");
        var attempt = Start(first);
        _scheduler.Remove("e");
        AssertIdle();
        Deliver(attempt);
        Assert.Equal((0, 0), (_scheduler.InFlight, _scheduler.Entries));
    }

    private readonly List<StartedAttempt> _hanging = [];

    private static PendingDelivery Row(long id, string endpoint, string queue) =>
        new(id, endpoint, queue, id, Guid.Empty, "t", [], "", false, 0, null, s_start, s_start);

    private long Add(string endpoint, string queue)
    {
        _scheduler.Add(Row(++_id, endpoint, queue), _now);
        return _id;
    }

    private StartedAttempt Start(long id)
    {
        Assert.True(_scheduler.TryStart(_now, out var attempt));
        Assert.Equal(id, attempt.Delivery.Id);
        return attempt;
    }

    private List<StartedAttempt> StartAll()
    {
        var started = new List<StartedAttempt>();
        while (_scheduler.TryStart(_now, out var attempt)) started.Add(attempt);
        return started;
    }

    private void AssertIdle() => Assert.False(_scheduler.TryStart(_now, out _));

    private void Deliver(StartedAttempt attempt) =>
        _scheduler.Complete(attempt, new DeliveryDecision(DeliveryState.Delivered, default, null, null), false, attempt.Delivery.Attempts + 1, _now, _now);

    private void Fail(StartedAttempt attempt, TimeSpan pause) =>
        _scheduler.Complete(attempt, new DeliveryDecision(DeliveryState.Pending, _now + pause, null, null), false, attempt.Delivery.Attempts + 1, _now, _now);
}
