using LiveStream.Signalling.Room;

namespace LiveStream.Signalling.Tests.Room;

public sealed class MessageBudgetTests
{
    [Fact]
    public void Burst_IsAdmitted_AndThenTheRate()
    {
        var budget = new MessageBudget(perSecond: 10, burst: 5, maxRefused: 100);
        Assert.All(Enumerable.Repeat(0, 5), _ => Assert.Equal(BudgetVerdict.Admitted, budget.Take(1000)));
        Assert.Equal(BudgetVerdict.Refused, budget.Take(1000));
        Assert.Equal(BudgetVerdict.Refused, budget.Take(1099));
        Assert.Equal(BudgetVerdict.Admitted, budget.Take(1100));
        Assert.Equal(BudgetVerdict.Refused, budget.Take(1100));
    }

    [Fact]
    public void Flood_EndsPatience()
    {
        var budget = new MessageBudget(perSecond: 10, burst: 5, maxRefused: 20);
        // 1000 a second: one in a hundred is admitted, which buys nothing.
        var verdicts = Enumerable.Range(0, 1000).Select(at => budget.Take(at)).ToArray();
        Assert.Equal(25, Array.IndexOf(verdicts, BudgetVerdict.Exhausted));
    }

    [Fact]
    public void Pause_RestoresPatience()
    {
        var budget = new MessageBudget(perSecond: 10, burst: 10, maxRefused: 3);
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 13; i++) Assert.NotEqual(BudgetVerdict.Exhausted, budget.Take(round * 10_000));
        }
    }

    [Fact]
    public void ClockThatStandsStill_AddsNothing()
    {
        var budget = new MessageBudget(perSecond: 10, burst: 1, maxRefused: 3);
        budget.Take(500);
        Assert.Equal(BudgetVerdict.Refused, budget.Take(400));
    }
}
