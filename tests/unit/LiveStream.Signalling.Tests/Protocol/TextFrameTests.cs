using System.Net.WebSockets;
using System.Text;

using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;

namespace LiveStream.Signalling.Tests.Protocol;

/// <summary>Frames as they go over the wire, read by the platform's own WebSocket.</summary>
public sealed class TextFrameTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(70)]
    [InlineData(71)]
    [InlineData(200)]
    [InlineData(65_479)]
    [InlineData(65_480)]
    [InlineData(65_481)]
    [InlineData(100_000)]
    public async Task Frame_OfAnyLength_IsRead(int length)
    {
        var frame = FrameWriter.Write(Warning(length));
        var text = Assert.Single(await ReadAsync(frame.Bytes, 1));
        Assert.Equal(Encoding.UTF8.GetString(frame.Text.Span), text);
        Assert.Contains(new string('x', length), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_IsReadFromAnyOfItsMessagesOn()
    {
        ServerMessage[] messages = [Warning(3), Warning(300), Warning(70_000), Warning(5)];
        var run = FrameWriter.WriteRun(messages, out var starts);
        for (var first = 0; first < messages.Length; first++)
        {
            var expected = messages[first..].Select(message => Encoding.UTF8.GetString(FrameWriter.Write(message).Text.Span));
            Assert.Equal(expected, await ReadAsync(run[starts[first]..], messages.Length - first));
        }
    }

    private static OnWarning Warning(int length) => new(400, new string('x', length));

    private static async Task<List<string>> ReadAsync(ReadOnlyMemory<byte> bytes, int count)
    {
        using var stream = new MemoryStream(bytes.ToArray());
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions());
        var texts = new List<string>();
        var buffer = new byte[128 * 1024];
        while (texts.Count < count)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            Assert.Equal(WebSocketMessageType.Text, part.MessageType);
            texts.Add(Encoding.UTF8.GetString(buffer, 0, length));
        }

        return texts;
    }
}
