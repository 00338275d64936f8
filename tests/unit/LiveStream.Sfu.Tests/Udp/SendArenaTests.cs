using System.Net;
using System.Net.Sockets;
using LiveStream.Sfu.Udp;

namespace LiveStream.Sfu.Tests.Udp;

public sealed class SendArenaTests : IDisposable
{
    private readonly UdpSocket _socket = UdpSocket.Bind(IPAddress.Loopback, 0);
    private readonly SendArena _arena;
    private readonly List<Socket> _receivers = [];

    public SendArenaTests() => _arena = new SendArena(_socket.Fd);

    [Fact]
    public void Flush_EqualSizesToOneAddress_ArriveAsTheyWereInOrder()
    {
        var (receiver, address) = Receiver();
        for (var i = 0; i < 50; i++) Queue(address, 900, (byte)i);
        _arena.Flush();
        for (var i = 0; i < 50; i++) Expect(receiver, 900, (byte)i);
        Assert.Equal(50, _arena.DatagramsSent);
        Assert.Equal(1, _arena.SystemCalls);
    }

    [Fact]
    public void Flush_MixedSizes_EachDatagramKeepsItsLength()
    {
        var random = new Random(5);
        var (receiver, address) = Receiver();
        for (var round = 0; round < 20; round++)
        {
            var sizes = Enumerable.Range(0, 40).Select(_ => random.Next(3) switch { 0 => 1, 1 => 700, _ => random.Next(1, 1400) }).ToArray();
            for (var i = 0; i < sizes.Length; i++) Queue(address, sizes[i], (byte)i);
            _arena.Flush();
            for (var i = 0; i < sizes.Length; i++) Expect(receiver, sizes[i], (byte)i);
        }

        Assert.Equal(0, _arena.DatagramsDropped);
    }

    [Fact]
    public void Commit_AddressChangesEachTime_MoreThanOneCallsWorthOfMessagesArrives()
    {
        var (one, first) = Receiver();
        var (two, second) = Receiver();
        for (var i = 0; i < 200; i++) Queue(i % 2 == 0 ? first : second, 100 + i, (byte)i);
        _arena.Flush();
        for (var i = 0; i < 200; i++) Expect(i % 2 == 0 ? one : two, 100 + i, (byte)i);
        Assert.True(_arena.SystemCalls >= 4);
    }

    [Fact]
    public void Commit_MoreBytesThanTheArena_AllArrive()
    {
        var (receiver, address) = Receiver();
        for (var i = 0; i < 600; i++)
        {
            Queue(address, 1200, (byte)i);
            // Read along, because the receiver's kernel buffer is smaller.
            if (i % 100 == 99) _arena.Flush();
            if (i % 100 == 99) for (var j = i - 99; j <= i; j++) Expect(receiver, 1200, (byte)j);
        }
    }

    [Fact]
    public void Flush_KernelRefusesAnAddress_OthersAreStillSentInRuns()
    {
        var (receiver, address) = Receiver();
        // Port 0 cannot be sent to: EINVAL, for a run as for a single datagram.
        var bad = SocketAddressValue.FromEndPoint(new IPEndPoint(IPAddress.Loopback, 0));
        Queue(bad, 500, 1);
        Queue(bad, 500, 2);
        _arena.Flush();
        Assert.Equal(2, _arena.DatagramsDropped);

        var calls = _arena.SystemCalls;
        for (var i = 0; i < 100; i++) Queue(address, 300, (byte)i);
        _arena.Flush();
        for (var i = 0; i < 100; i++) Expect(receiver, 300, (byte)i);
        // A hundred single messages would not fit one call.
        Assert.Equal(calls + 1, _arena.SystemCalls);
    }

    public void Dispose()
    {
        foreach (var receiver in _receivers) receiver.Dispose();
        _arena.Dispose();
        _socket.Dispose();
    }

    private void Queue(in SocketAddressValue address, int length, byte content)
    {
        _arena.Reserve()[..length].Fill(content);
        _arena.Commit(length, address);
    }

    private (Socket Socket, SocketAddressValue Address) Receiver()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000, ReceiveBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _receivers.Add(socket);
        return (socket, SocketAddressValue.FromEndPoint((IPEndPoint)socket.LocalEndPoint!));
    }

    private static void Expect(Socket socket, int length, byte content)
    {
        var buffer = new byte[2048];
        Assert.Equal(length, socket.Receive(buffer));
        Assert.Equal(content, buffer[0]);
        Assert.Equal(content, buffer[length - 1]);
    }
}
