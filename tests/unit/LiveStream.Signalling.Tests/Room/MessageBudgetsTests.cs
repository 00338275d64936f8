using LiveStream.Signalling.Room;
using LiveStream.Signalling.Room.State;

using LiveStream.Testing;

namespace LiveStream.Signalling.Tests.Room;

public sealed class MessageBudgetsTests
{
    private static readonly PeerIdentity s_ann = new("A", "ann", "host", "token");

    private readonly TestClock _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly MessageBudgets _budgets;

    public MessageBudgetsTests() => _budgets = new MessageBudgets(new RoomOptions { MessagesPerSecond = 10, MessageBurst = 50 }, _time);

    [Fact]
    public void WhoComesBack_GoesOnWithWhatWasLeft()
    {
        var first = _budgets.TryOpen(s_ann)!;
        while (first.Take(MessageBudgets.Now(_time)) == BudgetVerdict.Admitted) { }
        _budgets.Sweep();
        Assert.Null(_budgets.TryOpen(s_ann));
        // Another person, and the same one later.
        Assert.NotNull(_budgets.TryOpen(s_ann with { PeerId = "B" }));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(first, _budgets.TryOpen(s_ann));
    }

    [Fact]
    public void SocketsInARow_AreBounded()
    {
        var opened = Enumerable.Range(0, 100).Count(_ => _budgets.TryOpen(s_ann) is not null);
        Assert.InRange(opened, 5, 6);
    }

    [Fact]
    public void WhatIsAsGoodAsNew_IsForgotten()
    {
        _budgets.TryOpen(s_ann);
        _budgets.Sweep();
        Assert.Equal(1, _budgets.Count);
        _time.Advance(TimeSpan.FromSeconds(10));
        _budgets.Sweep();
        Assert.Equal(0, _budgets.Count);
    }
}
