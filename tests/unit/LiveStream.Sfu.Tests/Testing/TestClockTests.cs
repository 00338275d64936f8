using LiveStream.Testing;

namespace LiveStream.Sfu.Tests.Testing;

public class TestClockTests
{
    [Fact]
    public void Advance_TimersOnTheWay_FireInOrderAtTheirTime()
    {
        var clock = new TestClock();
        var start = clock.GetUtcNow();
        var fired = new List<(string, double)>();
        void Note(object? name) => fired.Add(((string)name!, (clock.GetUtcNow() - start).TotalSeconds));
        using var late = clock.CreateTimer(Note, "late", TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using var often = clock.CreateTimer(Note, "often", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(fired);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([("often", 2), ("late", 3), ("often", 4), ("often", 6)], fired);
        Assert.Equal(6 * TimeSpan.TicksPerSecond, clock.GetTimestamp() - start.UtcTicks);
    }

    [Fact]
    public async Task Delay_OfTheFramework_EndsWithTheClock()
    {
        var clock = new TestClock();
        var delay = Task.Delay(TimeSpan.FromMinutes(5), clock);
        clock.Advance(TimeSpan.FromMinutes(4));
        Assert.False(delay.IsCompleted);
        clock.Advance(TimeSpan.FromMinutes(1));
        await delay;
    }

    [Fact]
    public void Dispose_BeforeDue_NeverFires()
    {
        var clock = new TestClock();
        var timer = clock.CreateTimer(_ => Assert.Fail("fired"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Dispose();
        clock.Advance(TimeSpan.FromSeconds(2));
    }
}
