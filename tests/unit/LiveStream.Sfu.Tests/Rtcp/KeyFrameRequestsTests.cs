using LiveStream.Sfu.Rtcp;

namespace LiveStream.Sfu.Tests.Rtcp;

public sealed class KeyFrameRequestsTests
{
    [Fact]
    public void TrySend_HundredViewersAskWithinAnInterval_OneRequestGoesOut()
    {
        var requests = new KeyFrameRequests();
        var sent = 0;
        for (long now = 0; now < 250_000; now += 2500)
        {
            requests.Request();
            if (requests.TrySend(now)) sent++;
        }

        Assert.Equal(1, sent);
    }

    [Fact]
    public void TrySend_NoKeyFrameComes_RepeatsABoundedNumberOfTimes()
    {
        var requests = new KeyFrameRequests();
        requests.Request();
        var sent = 0;
        for (long now = 0; now < 60_000_000; now += 10_000) sent += requests.TrySend(now) ? 1 : 0;
        Assert.Equal(12, sent);
        requests.Request();
        Assert.True(requests.TrySend(61_000_000));
    }

    [Fact]
    public void TrySend_KeyFrameCame_StopsUntilTheNextRequest()
    {
        var requests = new KeyFrameRequests();
        requests.Request();
        Assert.True(requests.TrySend(0));
        requests.OnKeyFrame();
        Assert.False(requests.TrySend(10_000_000));
        requests.Request();
        Assert.True(requests.TrySend(10_000_001));
    }
}
