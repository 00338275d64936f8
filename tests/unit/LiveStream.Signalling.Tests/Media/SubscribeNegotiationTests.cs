using LiveStream.Signalling.Media;

namespace LiveStream.Signalling.Tests.Media;

public sealed class SubscribeNegotiationTests
{
    private readonly SubscribeNegotiation _negotiation = new();

    [Fact]
    public void Begin_NothingHasChanged_DoesNotAsk() => Assert.False(_negotiation.TryBegin(out _));

    [Fact]
    public void Begin_OfferWaitsForItsAnswer_AsksWhenItIsThere()
    {
        Ask("one");
        _negotiation.Change();
        Assert.False(_negotiation.TryBegin(out _));
        _negotiation.Answered();
        Assert.True(_negotiation.TryBegin(out var restart));
        Assert.False(restart);
    }

    [Fact]
    public void Begin_WhileAsking_DoesNotAskTwiceButOnceMoreAfterwards()
    {
        _negotiation.Change();
        Assert.True(_negotiation.TryBegin(out _));
        _negotiation.Change();
        Assert.False(_negotiation.TryBegin(out _));
        Assert.False(_negotiation.Offered(""));
        Assert.True(_negotiation.TryBegin(out _));
    }

    [Fact]
    public void Failed_Restart_IsAskedForAgain()
    {
        _negotiation.Restart();
        Assert.True(_negotiation.TryBegin(out var restart));
        Assert.True(restart);
        _negotiation.Failed(restart);
        Assert.True(_negotiation.TryBegin(out restart));
        Assert.True(restart);
    }

    [Fact]
    public void End_OfferOnItsWay_IsNotSaid()
    {
        _negotiation.Change();
        Assert.True(_negotiation.TryBegin(out _));
        _negotiation.End();
        Assert.False(_negotiation.Offered("late"));
        Assert.Null(_negotiation.Outstanding);
        _negotiation.Change();
        Assert.False(_negotiation.TryBegin(out _));
    }

    [Theory]
    [InlineData("v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\n", "- 4611731400430051336")]
    [InlineData("v=0\no=mozilla 7 0 IN IP4 0.0.0.0\n", "mozilla 7")]
    [InlineData("v=0\r\ns=-\r\n", "")]
    [InlineData("o=", "")]
    [InlineData("o= ", "")]
    [InlineData("o=a", "")]
    [InlineData("o=a b", "")]
    public void SessionOf_Description_IsUserAndSessionId(string sdp, string session) => Assert.Equal(session, PeerConnections.SessionOf(sdp));

    private void Ask(string offer)
    {
        _negotiation.Change();
        Assert.True(_negotiation.TryBegin(out _));
        Assert.True(_negotiation.Offered(offer));
        Assert.Equal(offer, _negotiation.Outstanding);
    }
}
