namespace LiveStream.Sfu.Tests.Node;

public sealed class ForwardingAllocationTests
{
    [Fact]
    public async Task Worker_ForwardsAndReports_AllocatesNothingPerPacket()
    {
        await using var sfu = new SfuHarness();
        var (_, publisher) = await sfu.PublishAsync();
        publisher.Frame(keyFrame: true);
        var viewers = new[] { await sfu.WatchAsync(), await sfu.WatchAsync() };
        var expected = 0;
        async Task BurstAsync(int frames)
        {
            for (var i = 0; i < frames; i++)
            {
                publisher.Frame(keyFrame: i == 0, packets: 10);
                expected += 10;
                if (i % 10 == 9) foreach (var viewer in viewers) await viewer.WaitAsync(peer => peer.RtpReceived >= expected, sfu.Patience);
            }
        }

        await BurstAsync(50);
        var worker = sfu.Node.Workers[0];
        // Counted on the worker's own thread, so that the clients of this process do not disturb.
        var before = await worker.InvokeAsync(GC.GetAllocatedBytesForCurrentThread);
        await BurstAsync(400);
        var allocated = await worker.InvokeAsync(GC.GetAllocatedBytesForCurrentThread) - before;
        // 8000 packets out; what timers and reports take is far below one object for each packet.
        Assert.True(allocated < 8000 * 4, $"{allocated} bytes");
    }
}
