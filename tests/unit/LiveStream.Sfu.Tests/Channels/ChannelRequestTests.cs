using System.Text;
using LiveStream.Sfu.Channels;
using LiveStream.Sfu.Router.Layers;

namespace LiveStream.Sfu.Tests.Channels;

public sealed class ChannelRequestTests
{
    [Theory]
    [InlineData("none", 0)]
    [InlineData("low", 1)]
    [InlineData("medium", 2)]
    [InlineData("high", 3)]
    public void TryParse_VideoAsTheSdkSendsIt_TellsTrackAndLayer(string name, int layer)
    {
        var text = $$"""{"id":"0f8a","jsonrpc":"2.0","params":{"max_spatial_layer":"{{name}}","track_id":"T1"},"method":"prefer-video-track-state"}""";
        Assert.Equal(ChannelRequestError.None, Parse(text, out var request));
        Assert.Equal(("0f8a", "T1", (PreferredLayer?)layer), (request.Id, request.TrackId, request.Layer));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public void TryParse_Audio_TellsTrackAndWish(string value, bool subscribed)
    {
        var text = $$"""{"method":"prefer-audio-track-state","id":"1","params":{"subscribed":{{value}},"track_id":"T\u00e4"} }""";
        Assert.Equal(ChannelRequestError.None, Parse(text, out var request));
        Assert.Equal(("1", "Tä", (PreferredLayer?)null, subscribed), (request.Id, request.TrackId, request.Layer, request.Subscribed));
    }

    [Theory]
    [InlineData("""{"id":"1","method":"dance"}""")]
    [InlineData("""{"id":"1"}""")]
    [InlineData("""{"id":"1","method":5,"params":[{}]}""")]
    public void TryParse_OtherMethods_CanBeAnswered(string text)
    {
        Assert.Equal(ChannelRequestError.UnknownMethod, Parse(text, out var request));
        Assert.Equal("1", request.Id);
    }

    [Theory]
    [InlineData("""{"id":"1","method":"prefer-video-track-state"}""")]
    [InlineData("""{"id":"1","method":"prefer-video-track-state","params":{"track_id":"T"}}""")]
    [InlineData("""{"id":"1","method":"prefer-video-track-state","params":{"track_id":"T","max_spatial_layer":"huge"}}""")]
    [InlineData("""{"id":"1","method":"prefer-video-track-state","params":{"track_id":7,"max_spatial_layer":"low"}}""")]
    [InlineData("""{"id":"1","method":"prefer-audio-track-state","params":{"track_id":"T","subscribed":"yes"}}""")]
    [InlineData("""{"id":"1","method":"prefer-audio-track-state","params":{"track_id":"","subscribed":true}}""")]
    public void TryParse_WrongParameters_CanBeAnswered(string text)
    {
        Assert.Equal(ChannelRequestError.BadParameters, Parse(text, out var request));
        Assert.Equal("1", request.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"id":""}""")]
    [InlineData("""{"id":7,"method":"prefer-video-track-state"}""")]
    [InlineData("""{"method":"prefer-video-track-state"}""")]
    [InlineData("""{"id":"1"} {}""")]
    [InlineData("""{"id":"\ud800","method":"x"}""")]
    [InlineData("""{"id":"1","a":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}""")]
    public void TryParse_NothingToAnswerTo_SaysSo(string text) => Assert.Equal(ChannelRequestError.Unanswerable, Parse(text, out _));

    [Fact]
    public void TryParse_TooLong_IsNotRead() =>
        Assert.Equal(ChannelRequestError.Unanswerable, Parse("""{"id":"1","x":" """ + new string('x', ChannelRequest.MaximumBytes) + "\"}", out _));

    [Fact]
    public void Reply_RepeatsTheIdAndHasATruthyResult()
    {
        Assert.Equal("""{"id":"a\"ü","jsonrpc":"2.0","result":{}}""", Encoding.UTF8.GetString(ChannelReply.Done("a\"ü")));
        Assert.Equal("""{"id":"1","jsonrpc":"2.0","error":{"code":404,"message":"no"}}""", Encoding.UTF8.GetString(ChannelReply.Failed("1", 404, "no")));
    }

    private static ChannelRequestError Parse(string text, out ChannelRequest request) => ChannelRequest.TryParse(Encoding.UTF8.GetBytes(text), out request);
}
