using System.Text;

using FsCheck;
using FsCheck.Fluent;

using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Room.Methods;

namespace LiveStream.Signalling.Tests.Protocol;

public sealed class FrameReaderTests
{
    [Theory]
    [InlineData("", nameof(FrameError.NotJson))]
    [InlineData("hello", nameof(FrameError.NotJson))]
    [InlineData("{\"method\":\"ping\"", nameof(FrameError.NotJson))]
    [InlineData("{\"method\":\"a\",\"method\":\"b\"}", nameof(FrameError.NotJson))]
    [InlineData("{\"method\":\"\\ud800\"}", nameof(FrameError.NotJson))]
    [InlineData("{\"method\":\"a\",\"id\":\"\\ud800\"}", nameof(FrameError.NotJson))]
    [InlineData("[]", nameof(FrameError.NotAnObject))]
    [InlineData("null", nameof(FrameError.NotAnObject))]
    [InlineData("{}", nameof(FrameError.BadMethod))]
    [InlineData("{\"method\":7}", nameof(FrameError.BadMethod))]
    [InlineData("{\"method\":\"\"}", nameof(FrameError.BadMethod))]
    [InlineData("{\"method\":\"a\",\"id\":{}}", nameof(FrameError.BadId))]
    [InlineData("{\"method\":\"a\",\"id\":\"\"}", nameof(FrameError.BadId))]
    [InlineData("{\"method\":\"a\",\"id\":1.5}", nameof(FrameError.BadId))]
    [InlineData("{\"method\":\"a\",\"id\":0}", nameof(FrameError.BadId))]
    [InlineData("{\"method\":\"a\",\"params\":[]}", nameof(FrameError.BadParams))]
    [InlineData("{\"method\":\"a\",\"params\":\"x\"}", nameof(FrameError.BadParams))]
    public void TryRead_WhatIsNoFrame_SaysWhy(string text, string expected)
    {
        Assert.Equal(expected, Read(text, out var frame).ToString());
        Assert.Null(frame);
    }

    [Fact]
    public void TryRead_TooDeepOrTooLong_IsRefused()
    {
        var deep = new string('[', 100) + new string(']', 100);
        Assert.Equal(FrameError.NotJson, Read("{\"method\":\"a\",\"params\":{\"x\":" + deep + "}}", out _));
        Assert.Equal(FrameError.BadMethod, Read($$"""{"method":"{{new string('m', 65)}}"}""", out _));
        Assert.Equal(FrameError.BadId, Read($$"""{"method":"a","id":"{{new string('i', 200)}}"}""", out _));
    }

    [Theory]
    [InlineData("\"a-b\"")]
    [InlineData("\"\\u00e9\"")]
    [InlineData("42")]
    public void TryRead_Id_IsKeptAsItCame(string id)
    {
        Assert.Equal(FrameError.None, Read("{\"method\":\"a\",\"id\":" + id + "}", out var frame));
        Assert.Equal(id, frame!.Id!.Value.Json);
    }

    [Fact]
    public void Write_Reply_EchoesTheIdAndHasATrueResult() => Assert.Equal(
        """{"jsonrpc":"2.0","id":"x","result":{}}""",
        Encoding.UTF8.GetString(FrameWriter.Write(new ReplyMessage(new RequestId("\"x\""), EmptyResult.Value)).Text.Span));

    [Fact]
    public void Write_Error_HasCodeMessageAndDetails() => Assert.Equal(
        """{"jsonrpc":"2.0","id":1,"error":{"code":404,"message":"unknown method","details":[]}}""",
        Encoding.UTF8.GetString(FrameWriter.Write(new ErrorMessage(new RequestId("1"), MethodTable.ErrorOfUnknown("nothing"))).Text.Span));

    [Fact]
    public void Read_Params_OfAnotherShape_AreRefused()
    {
        foreach (var text in new[]
        {
            """{"method":"broadcast","id":"1","params":{"info":"x"}}""",
            """{"method":"broadcast","id":"1","params":{"info":{"message":{}}}}""",
            """{"method":"broadcast","id":"1","params":{"info":{"message":"\ud800"}}}""",
            """{"method":"find-peer","id":"1","params":{"limit":1e99}}""",
            """{"method":"offer","id":"1","params":{"tracks":[1]}}""",
        })
        {
            var (message, error) = Message(text);
            Assert.Null(message);
            Assert.Equal(400, error!.Code);
        }
    }

    [Fact]
    public void Read_RequestWithoutId_IsRefused_NotificationWithIdIsTaken()
    {
        Assert.Equal(400, Message("""{"method":"broadcast","params":{}}""").Error!.Code);
        Assert.NotNull(Message("""{"method":"leave","params":{},"id":"1"}""").Message);
        Assert.Equal(404, Message("""{"method":"what","params":{},"id":"1"}""").Error!.Code);
        Assert.Equal(405, Message("""{"method":"poll-start","params":{},"id":"1"}""").Error!.Code);
    }

    [Fact]
    public void TryRead_AnyBytes_GiveAFrameOrAnError() => Prop.ForAll<byte[]>(bytes =>
    {
        if (FrameReader.TryRead(bytes, out var frame) == FrameError.None) ClientMessage.Read(frame!);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryRead_BrokenFrames_GiveAFrameOrAnError()
    {
        var random = new Random(1);
        var samples = new[]
        {
            """{"method":"join","params":{"name":"Ann","disableVidAutoSub":true,"data":"{}","offer":{"type":"offer","sdp":"v=0"}},"id":"1","jsonrpc":"2.0"}""",
            """{"method":"offer","params":{"desc":{"type":"offer","sdp":"v=0"},"tracks":{"T":{"mute":false,"type":"audio","source":"regular","description":"","track_id":"T","stream_id":"S"}}},"id":"2"}""",
            """{"method":"set-metadata","params":{"key":"k","data":[1,{"a":null}],"if_change_version":3},"id":"3"}""",
            """{"method":"find-peer","params":{"limit":10,"role":"r","peerIds":["a","b"]},"id":"4"}""",
        };
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(samples[random.Next(samples.Length)]);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var at = random.Next(bytes.Length);
                bytes[at] = random.Next(3) switch
                {
                    0 => (byte)random.Next(256),
                    1 => (byte)"{}[]\",:\\0tn"[random.Next(11)],
                    _ => bytes[random.Next(bytes.Length)],
                };
            }

            if (FrameReader.TryRead(bytes, out var frame) == FrameError.None) ClientMessage.Read(frame!);
        }
    }

    private static FrameError Read(string text, out ClientFrame? frame) => FrameReader.TryRead(Encoding.UTF8.GetBytes(text), out frame);

    private static (ClientMessage? Message, ProtocolError? Error) Message(string text)
    {
        Assert.Equal(FrameError.None, Read(text, out var frame));
        return ClientMessage.Read(frame!);
    }
}
