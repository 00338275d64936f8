using System.Net;
using LiveStream.Sfu.Transports;
using LiveStream.Sfu.Udp;
using LiveStream.Sfu.Workers;

namespace LiveStream.Sfu.Tests.Udp;

public sealed class ReceiveBatchTests : IDisposable
{
    private const int PatienceMilliseconds = 10_000;
    private const long LateMicroseconds = 30_000, ToleranceMicroseconds = 2_000;

    private readonly UdpSocket _socket = UdpSocket.Bind(IPAddress.Loopback, 0);
    private readonly UdpSocket _sender = UdpSocket.Bind(IPAddress.Loopback, 0);
    private readonly SendArena _arena;
    private readonly ReceiveBatch _batch = new();
    private readonly Poller _poller = new();

    public ReceiveBatchTests()
    {
        _arena = new SendArena(_sender.Fd);
        _poller.Add(_socket.Fd, 0, writable: false);
    }

    [Fact]
    public void Message_ReadLate_HasTheTimeAtWhichItCame()
    {
        // The kernel begins to stamp a moment after a machine's first socket asks for it.
        Send(1, 10);
        Assert.Equal(1, Read());

        var before = WallClock.Microseconds;
        Send(1, 700);
        Assert.Equal(1, _poller.Wait(PatienceMilliseconds));
        var there = WallClock.Microseconds;
        SpinWait.SpinUntil(() => WallClock.Microseconds > there + LateMicroseconds);

        Assert.Equal(1, _batch.Receive(_socket.Fd));
        Assert.Equal(700, _batch.Message(0, out _, out var arrivedAt).Length);
        Assert.InRange(arrivedAt, before - ToleranceMicroseconds, there + ToleranceMicroseconds);
    }

    [Fact]
    public void Message_CoalescedByTheKernel_HasTheSizeOfItsDatagramsAndATime()
    {
        Assert.True(_socket.ReceiveOffload);
        var before = WallClock.Microseconds;
        Send(5, 300);
        var datagrams = 0;
        while (datagrams < 5)
        {
            var messages = Read();
            for (var i = 0; i < messages; i++)
            {
                var message = _batch.Message(i, out var segment, out var arrivedAt);
                Assert.Equal(300, segment);
                Assert.Equal(0, message.Length % segment);
                Assert.InRange(arrivedAt, before - ToleranceMicroseconds, WallClock.Microseconds);
                datagrams += message.Length / segment;
            }
        }

        Assert.Equal(5, datagrams);
    }

    public void Dispose()
    {
        _poller.Dispose();
        _batch.Dispose();
        _arena.Dispose();
        _sender.Dispose();
        _socket.Dispose();
    }

    private void Send(int datagrams, int length)
    {
        var address = SocketAddressValue.FromEndPoint(new IPEndPoint(IPAddress.Loopback, _socket.Port));
        for (var i = 0; i < datagrams; i++)
        {
            _arena.Reserve()[..length].Fill((byte)i);
            _arena.Commit(length, address);
        }

        _arena.Flush();
    }

    private int Read()
    {
        Assert.Equal(1, _poller.Wait(PatienceMilliseconds));
        return _batch.Receive(_socket.Fd);
    }
}
