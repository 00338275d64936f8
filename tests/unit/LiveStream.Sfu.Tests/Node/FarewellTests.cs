using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Testing.Rtc;

namespace LiveStream.Sfu.Tests.Node;

/// <summary>Clients hear by DTLS that the server has ended their transport, and need not find out by themselves.</summary>
public sealed class FarewellTests
{
    [Theory]
    [InlineData(IceTransport.Udp)]
    [InlineData(IceTransport.Tcp)]
    public async Task TransportIsClosed_ClientIsTold(IceTransport path)
    {
        await using var sfu = new SfuHarness();
        var (peer, _) = await sfu.PublishAsync(path);
        await sfu.Control.CloseTransportAsync(new CloseTransportRequest { TransportId = "t1", Reason = "over" }, sfu.Patience);
        await peer.WaitAsync(client => client.State == RtcSessionState.Closed, sfu.Patience);
    }

    [Theory]
    [InlineData(IceTransport.Udp)]
    [InlineData(IceTransport.Tcp)]
    public async Task NodeEnds_ClientsAreTold(IceTransport path)
    {
        await using var sfu = new SfuHarness();
        var (first, _) = await sfu.PublishAsync(path);
        var second = await sfu.WatchAsync(path);
        var worker = sfu.Node.WorkerOf(SfuHarness.Room);
        await sfu.Node.StopAsync(default);
        foreach (var peer in new[] { first, second }) await peer.WaitAsync(client => client.State == RtcSessionState.Closed, sfu.Patience);
        var late = await Assert.ThrowsAsync<ControlException>(() => worker.InvokeAsync(() => true));
        Assert.Equal(ControlError.Unavailable, late.Error);
    }
}
