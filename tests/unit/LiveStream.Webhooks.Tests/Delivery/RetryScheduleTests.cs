using LiveStream.Webhooks.Delivery;

namespace LiveStream.Webhooks.Tests.Delivery;

public sealed class RetryScheduleTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void BuiltIn_BeginsAsDocumentedAndGoesOnForAtLeast75Hours(double chance)
    {
        var schedule = new RetrySchedule();
        Assert.Equal(TimeSpan.FromSeconds(1), schedule.DelayAfter(1, chance));
        Assert.Equal(TimeSpan.FromSeconds(3), schedule.DelayAfter(2, chance));
        Assert.Equal(TimeSpan.FromSeconds(10), schedule.DelayAfter(3, chance));

        var total = TimeSpan.Zero;
        for (var attempts = 1; schedule.DelayAfter(attempts, chance) is { } delay; attempts++) total += delay;
        Assert.InRange(total, TimeSpan.FromHours(75), TimeSpan.FromHours(92));
    }

    [Fact]
    public void DelayAfter_LongPauses_AreDrawnOutByAFifthAtMost()
    {
        var schedule = new RetrySchedule();
        Assert.Equal(TimeSpan.FromSeconds(30), schedule.DelayAfter(4, 0));
        Assert.Equal(TimeSpan.FromSeconds(36), schedule.DelayAfter(4, 1));
    }

    [Fact]
    public void DelayAfter_OwnPauses_AreTakenAndEnd()
    {
        var schedule = new RetrySchedule([TimeSpan.FromSeconds(5)]);
        Assert.Equal(TimeSpan.FromSeconds(5), schedule.DelayAfter(1, 0.7));
        Assert.Null(schedule.DelayAfter(2, 0));
        Assert.Null(schedule.DelayAfter(0, 0));
    }

    [Fact]
    public void DelayAfterRepeated_ThreeRetries_AreTheLast() => Assert.Null(new RetrySchedule().DelayAfterRepeated(4, 0));
}
