using LiveStream.Sfu.Workers;

namespace LiveStream.Sfu.Tests.Workers;

public sealed class PollerTests
{
    [Fact]
    public async Task Wait_WakesRaceWithOtherEvents_NoneIsLeftBehindOrLost()
    {
        using var poller = new Poller();
        using var pair = new Tcp.SocketPair();
        // Always readable: the owner is awake for another reason while it is woken.
        poller.Add(pair.Connection.Fd, 5, writable: false);
        pair.Client.Send([1]);
        var posted = 0;
        var waker = Task.Run(() =>
        {
            for (var i = 0; i < 200_000; i++)
            {
                Interlocked.Increment(ref posted);
                poller.Wake();
            }
        });
        while (!waker.IsCompleted) poller.Wait(0);
        await waker;
        poller.Remove(pair.Connection.Fd);
        poller.Wait(0);
        Assert.Equal(0, poller.Wait(0));
        poller.Wake();
        Assert.Equal(1, poller.Wait(1000));
        Assert.Equal(0, poller.Wait(0));
    }
}
