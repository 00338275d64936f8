using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Tests.Domain;

public sealed class LiveStreamRunTests
{
    private static readonly DateTimeOffset s_start = FixedTime.Noon;

    [Fact]
    public void PathOf_IsCustomerRoomDayAndMilliseconds() => Assert.Equal(
        "65aa00000000000000000001/65f0a1b2c3d4e5f60718293a/20260102/1767355200000",
        LiveStreamRun.PathOf("65aa00000000000000000001", "65f0a1b2c3d4e5f60718293a", s_start));

    [Fact]
    public void RunStopComplete_InOrder_SetsTimesOnce()
    {
        var run = NewRun();

        Assert.True(run.Run(s_start.AddSeconds(2)));
        Assert.False(run.Run(s_start.AddSeconds(3)));
        Assert.True(run.Stop(s_start.AddSeconds(10)));
        Assert.False(run.Stop(s_start.AddSeconds(11)));
        Assert.Equal(LiveStreamStatus.Stopping, run.Status);
        Assert.True(run.Complete(s_start.AddSeconds(12), ""));
        Assert.False(run.Fail(s_start.AddSeconds(13), "late"));

        Assert.Equal(LiveStreamStatus.Completed, run.Status);
        Assert.Equal(s_start.AddSeconds(2), run.StartedAt);
        Assert.Equal(s_start.AddSeconds(12), run.StoppedAt);
        Assert.Equal("", run.Reason);
    }

    [Fact]
    public void Run_ReportedAfterStop_KeepsStoppingButNotesTheStart()
    {
        var run = NewRun();
        run.Stop(s_start.AddSeconds(1));

        Assert.True(run.Run(s_start.AddSeconds(2)));

        Assert.Equal(LiveStreamStatus.Stopping, run.Status);
        Assert.Equal(s_start.AddSeconds(2), run.StartedAt);
    }

    [Fact]
    public void AfterTheEnd_NothingChanges()
    {
        var run = NewRun();
        run.Fail(s_start.AddSeconds(1), "no publisher");

        Assert.False(run.Run(s_start.AddSeconds(2)));
        Assert.False(run.Stop(s_start.AddSeconds(3)));
        Assert.False(run.Complete(s_start.AddSeconds(4), ""));
        Assert.Equal(LiveStreamStatus.Failed, run.Status);
        Assert.Equal("no publisher", run.Reason);
        Assert.Equal(s_start.AddSeconds(1), run.UpdatedAt);
    }

    [Fact]
    public void AnyOrderOfReports_NeverLeavesTheEndAndNeverUnsetsTimes()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var run = NewRun();
            for (var step = 0; step < 12; step++)
            {
                var (over, started, stopped, status) = (run.IsOver, run.StartedAt, run.StoppedAt, run.Status);
                var at = s_start.AddSeconds(step);
                var changed = random.Next(4) switch
                {
                    0 => run.Run(at),
                    1 => run.Stop(at),
                    2 => run.Complete(at, "c"),
                    _ => run.Fail(at, "f"),
                };
                Assert.False(over && changed);
                Assert.True(started is null || run.StartedAt == started);
                Assert.True(stopped is null || run.StoppedAt == stopped);
                Assert.True(run.Status >= status);
                Assert.Equal(run.IsOver, run.StoppedAt is not null);
            }
        }
    }

    private static LiveStreamRun NewRun() => new()
    {
        Id = ObjectId.New(s_start), RoomId = ObjectId.New(s_start), CustomerId = ObjectId.New(s_start), Destination = "default", Path = "p",
        CreatedAt = s_start, UpdatedAt = s_start,
    };
}
