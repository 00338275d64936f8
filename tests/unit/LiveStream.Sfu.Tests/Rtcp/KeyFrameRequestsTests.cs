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
    public void TrySend_NoKeyFrameComes_RepeatsSoonAtFirstAndNeverGivesUp()
    {
        var requests = new KeyFrameRequests();
        requests.Request();
        Assert.Equal(12, SentWithin(requests, 0, 6_000_000));
        Assert.Equal(18, SentWithin(requests, 6_000_000, 60_000_000));
        Assert.Equal(20, SentWithin(requests, 600_000_000, 660_000_000));
        requests.OnKeyFrame();
        Assert.Equal(0, SentWithin(requests, 660_000_000, 700_000_000));
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

    private static int SentWithin(KeyFrameRequests requests, long from, long to)
    {
        var sent = 0;
        for (var now = from; now < to; now += 10_000) sent += requests.TrySend(now) ? 1 : 0;
        return sent;
    }
}
