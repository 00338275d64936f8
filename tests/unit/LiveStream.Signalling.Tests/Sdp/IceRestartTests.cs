using LiveStream.Signalling.Sdp;
using LiveStream.Signalling.Tests.Fakes;

namespace LiveStream.Signalling.Tests.Sdp;

public sealed class IceRestartTests
{
    [Fact]
    public void RewriteOffer_ChangesIceAndNothingElse()
    {
        var rewritten = IceRestart.RewriteOffer(SignallingHost.Offer, "newU", "newpasswordnewpassword");

        var expected = SignallingHost.Offer
            .Replace("a=ice-ufrag:EsAw", "a=ice-ufrag:newU", StringComparison.Ordinal)
            .Replace("a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1", "a=ice-pwd:newpasswordnewpassword", StringComparison.Ordinal)
            .Replace("a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\n", "", StringComparison.Ordinal)
            .Replace("o=- 42 2 ", "o=- 42 3 ", StringComparison.Ordinal);
        Assert.Equal(expected, rewritten);
    }

    [Theory]
    [InlineData("o=nonsense")]
    [InlineData("o=- 1 x IN IP4 0.0.0.0")]
    [InlineData("o=- 1 99999999999999999999999 IN IP4 0.0.0.0")]
    [InlineData("o=- 1 2 IN IP4 0.0.0.0 more fields")]
    public void RewriteOffer_OriginOutsideTheGrammar_StaysAsItIs(string origin) =>
        Assert.Contains(origin + "\r\n", IceRestart.RewriteOffer($"v=0\n{origin}\n", "newU", "newpasswordnewpassword"), StringComparison.Ordinal);

    [Fact]
    public void TryWriteFragment_CredentialsAtSessionLevel_AreUsed()
    {
        Assert.True(IceRestart.TryWriteFragment(
            "v=0\na=ice-ufrag:sess\na=ice-pwd:serverpasswordserverpass\nm=audio 9 X 0\na=candidate:1 1 udp 1 127.0.0.1 1 typ host\n",
            out var fragment));

        Assert.Equal(
            "m=audio 9 X 0\r\na=ice-ufrag:sess\r\na=ice-pwd:serverpasswordserverpass\r\n"
            + "a=candidate:1 1 udp 1 127.0.0.1 1 typ host\r\na=end-of-candidates\r\n",
            fragment);
        Assert.Equal(IceFragmentError.None, IceFragment.TryParse(fragment, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("v=0\na=ice-ufrag:sess\na=ice-pwd:serverpasswordserverpass\n")]
    [InlineData("v=0\nm=audio 9 X 0\na=ice-ufrag:sess\na=ice-pwd:serverpasswordserverpass\n")]
    [InlineData("v=0\nm=audio 9 X 0\na=candidate:1 1 udp 1 127.0.0.1 1 typ host\n")]
    public void TryWriteFragment_AnswerWithoutIce_Fails(string answer) => Assert.False(IceRestart.TryWriteFragment(answer, out _));
}
