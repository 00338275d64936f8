using LiveStream.Testing;

namespace LiveStream.Sfu.Tests.Testing;

public class SimulatedLinkTests
{
    [Fact]
    public void Send_PlainLink_DeliversInOrderAfterTheDelay()
    {
        var link = new SimulatedLink(1, new SimulatedLinkOptions { Delay = TimeSpan.FromMilliseconds(10) });
        for (byte i = 0; i < 5; i++) link.Send([i], TimeSpan.FromMilliseconds(i));
        Assert.False(link.TryReceive(TimeSpan.FromMilliseconds(9.9), out _));
        for (byte i = 0; i < 5; i++)
        {
            Assert.Equal(TimeSpan.FromMilliseconds(10 + i), link.NextArrival);
            Assert.True(link.TryReceive(TimeSpan.FromMilliseconds(10 + i), out var packet));
            Assert.Equal([i], packet);
        }
        Assert.Null(link.NextArrival);
    }

    [Fact]
    public void Send_SameSeed_SameFate()
    {
        var options = new SimulatedLinkOptions { Loss = 0.2, Reorder = 0.1, Duplicate = 0.1, Jitter = TimeSpan.FromMilliseconds(3) };
        Assert.Equal(Run(options, 7), Run(options, 7));
        Assert.NotEqual(Run(options, 7), Run(options, 8));
    }

    [Fact]
    public void Send_LossyLink_LosesAboutTheShare()
    {
        var link = new SimulatedLink(3, new SimulatedLinkOptions { Loss = 0.1 });
        for (var i = 0; i < 10_000; i++) link.Send([1], TimeSpan.Zero);
        Assert.InRange(link.Dropped, 900, 1100);
    }

    [Fact]
    public void Send_BeyondCapacity_QueuesThenDrops()
    {
        var options = new SimulatedLinkOptions { BitsPerSecond = 80_000, MaxQueue = TimeSpan.FromMilliseconds(100) };
        var link = new SimulatedLink(1, options);
        // Each packet takes 10 ms to send: eleven find a queue of at most 100 ms.
        for (var i = 0; i < 20; i++) link.Send(new byte[100], TimeSpan.Zero);
        Assert.Equal(9, link.Dropped);
        Assert.Equal(TimeSpan.FromMilliseconds(10), link.NextArrival);
    }

    private static List<byte> Run(SimulatedLinkOptions options, int seed)
    {
        var link = new SimulatedLink(seed, options);
        for (var i = 0; i < 200; i++) link.Send([(byte)i], TimeSpan.FromMilliseconds(i));
        var received = new List<byte>();
        while (link.TryReceive(TimeSpan.FromHours(1), out var packet)) received.Add(packet[0]);
        return received;
    }
}
