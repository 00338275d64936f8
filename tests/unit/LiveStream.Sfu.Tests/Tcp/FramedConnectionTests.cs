using System.Buffers.Binary;
using System.Net.Sockets;

namespace LiveStream.Sfu.Tests.Tcp;

public sealed class FramedConnectionTests
{
    private const int MaximumFrame = 2048;

    [Fact]
    public void Receive_PeerNeverStopsSending_ReturnsToTheOwner()
    {
        using var pair = new SocketPair();
        var handled = 0;
        var frame = Frame(1, 2, 3);
        pair.Client.Send(frame);
        // Each frame is answered by another, so the kernel's buffer is never empty.
        Assert.True(ReceiveUntilReadable(pair, () =>
        {
            handled++;
            if (handled < 5000) Resend(pair, frame);
        }));
        Assert.InRange(handled, 1, 4999);
    }

    [Fact]
    public void Receive_RandomCuts_GivesTheFramesThatWereSent()
    {
        var random = new Random(6);
        using var pair = new SocketPair();
        var sent = Enumerable.Range(0, 300).Select(i => Enumerable.Repeat((byte)i, random.Next(i % 10 == 0 ? MaximumFrame + 1 : 100)).ToArray()).ToList();
        var stream = sent.SelectMany(Frame).ToArray();
        var received = new List<byte[]>();
        for (var at = 0; at < stream.Length;)
        {
            var length = Math.Min(random.Next(1, 3000), stream.Length - at);
            pair.Client.Send(stream, at, length, SocketFlags.None);
            at += length;
            Assert.True(Receive(pair, received));
        }

        while (received.Count < sent.Count) Assert.True(Receive(pair, received));
        for (var i = 0; i < sent.Count; i++) Assert.Equal(sent[i], received[i]);
    }

    [Fact]
    public void Receive_FrameLongerThanAllowed_EndsTheConnection()
    {
        using var pair = new SocketPair();
        pair.Client.Send([0xFF, 0xFF, 1, 2, 3]);
        Assert.False(Await(pair));
    }

    [Fact]
    public void Receive_PeerClosedInTheMiddleOfAFrame_EndsTheConnection()
    {
        using var pair = new SocketPair();
        pair.Client.Send([0, 10, 1, 2, 3]);
        pair.Client.Shutdown(SocketShutdown.Both);
        Assert.False(Await(pair));
    }

    [Fact]
    public void Reserve_PeerDoesNotRead_DropsWholeFramesAndTheRestStaysInStep()
    {
        using var pair = new SocketPair(sendCapacity: 16 << 10);
        // More than one segment of the loopback interface: a smaller window is opened by the kernel's slow timers only.
        pair.Client.ReceiveBufferSize = 256 << 10;
        var queued = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var frame = pair.Connection.Reserve(1000);
            if (frame.IsEmpty) continue;
            frame.Fill((byte)queued++);
            pair.Connection.Commit(1000);
            Assert.True(pair.Connection.Flush());
        }

        Assert.True(pair.Connection.FramesDropped > 0);
        var buffer = new byte[1002];
        for (var i = 0; i < queued; i++)
        {
            for (var read = 0; read < buffer.Length;)
            {
                Assert.True(pair.Connection.Flush());
                read += pair.Client.Receive(buffer, read, buffer.Length - read, SocketFlags.None);
            }

            Assert.Equal(1000, BinaryPrimitives.ReadUInt16BigEndian(buffer));
            Assert.Equal((byte)i, buffer[2]);
            Assert.Equal((byte)i, buffer[^1]);
        }
    }

    [Fact]
    public void Flush_PeerIsGone_EndsTheConnection()
    {
        using var pair = new SocketPair();
        pair.Client.LingerState = new LingerOption(true, 0);
        pair.Client.Close();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                pair.Connection.Reserve(10).Clear();
                pair.Connection.Commit(10);
                return !pair.Connection.Flush();
            },
            TimeSpan.FromSeconds(60)));
    }

    private static bool Await(SocketPair pair)
    {
        var list = new List<byte[]>();
        return !SpinWait.SpinUntil(() => !Receive(pair, list), TimeSpan.FromSeconds(60));
    }

    private static bool Receive(SocketPair pair, List<byte[]> into) =>
        pair.Connection.Receive(into, MaximumFrame, static (list, _, frame) => list.Add(frame.ToArray()));

    private static bool ReceiveUntilReadable(SocketPair pair, Action onFrame)
    {
        var handled = 0;
        while (handled == 0)
        {
            if (!pair.Connection.Receive(() => { handled++; onFrame(); }, MaximumFrame, static (action, _, _) => action())) return false;
        }

        return true;
    }

    private static void Resend(SocketPair pair, byte[] frame)
    {
        // Loopback delivers within the call.
        pair.Client.Send(frame);
    }

    private static byte[] Frame(params byte[] content)
    {
        var frame = new byte[content.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)content.Length);
        content.CopyTo(frame, 2);
        return frame;
    }
}
