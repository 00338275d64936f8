using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Ice;
using LiveStream.Sfu.Tests.Negotiation;
using LiveStream.Sfu.Tests.Node;
using LiveStream.Sfu.Transports;

namespace LiveStream.Sfu.Tests.Workers;

public sealed class OpeningTests
{
    [Fact]
    public async Task Open_MostLayersThereMayBe_TakesLittleMemoryBeforeTheirFirstPackets()
    {
        const string Layers = "a=rid:q send\na=rid:h send\na=rid:f send\na=rid:x send\na=simulcast:send q;h;f;x\n";
        var sdp = Offers.Session("a=group:BUNDLE 0 1 2 3\n", [.. new[] { "0", "1", "2", "3" }.Select(mid => Offers.Video(mid, Layers))]);
        var (plan, _) = Offers.Negotiate(sdp, Offers.All, null);
        await using var sfu = new SfuHarness();
        var worker = sfu.Node.WorkerOf(SfuHarness.Room);
        var allocated = await worker.InvokeAsync(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var request = new OpenTransportRequest { RoomId = SfuHarness.Room, TransportId = "t", PeerId = "p", Publish = Offers.All };
            worker.Rooms.Open(1000, request, plan, IceCredentials.Create(), WallClock.Microseconds);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.True(allocated < 64 << 10, $"{allocated} bytes");
    }
}
