using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// Sends datagrams that nobody asked for to a UDP port at a bounded rate: random bytes and look-alikes of STUN, DTLS, RTP and
/// RTCP from an address that no ICE check has ever passed. A seed makes a run repeatable.
/// </summary>
public sealed class GarbageSender(IPEndPoint target, int seed)
{
    private const int LongestDatagram = 1472;
    private readonly Random _random = new(seed);
    private readonly byte[] _buffer = new byte[LongestDatagram];

    /// <summary>Sends for the given time in bursts of a millisecond; returns how many went out.</summary>
    public Task<int> SendAsync(int perSecond, TimeSpan duration, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Send(perSecond, duration, cancellationToken), cancellationToken,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The next datagram, valid until the next call.</summary>
    public ReadOnlySpan<byte> Next()
    {
        var datagram = _buffer.AsSpan(0, _random.Next(0, LongestDatagram + 1));
        _random.NextBytes(datagram);
        return _random.Next(5) switch
        {
            0 => datagram,
            1 => AsStun(datagram),
            2 => AsDtls(datagram),
            3 => AsRtp(datagram, _random.Next(2) == 0 ? (byte)0x60 : (byte)0xE0),
            _ => AsRtp(datagram, (byte)(200 + _random.Next(8))), // RTCP packet types
        };
    }

    private int Send(int perSecond, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        var address = target.Serialize();
        var watch = Stopwatch.StartNew();
        var sent = 0;
        while (watch.Elapsed < duration && !cancellationToken.IsCancellationRequested)
        {
            for (var due = (int)(watch.Elapsed.TotalSeconds * perSecond); sent < due; sent++)
            {
                try { socket.SendTo(Next(), SocketFlags.None, address); }
                catch (SocketException) { /* an ICMP answer to an earlier datagram, or a full queue */ }
            }

            Thread.Sleep(1);
        }

        return sent;
    }

    // Length and cookie are right, so that the attributes are really walked; USERNAME and MESSAGE-INTEGRITY are nonsense.
    private Span<byte> AsStun(Span<byte> datagram)
    {
        if (datagram.Length < 20) return datagram;
        var body = (datagram.Length - 20) & ~3;
        BinaryPrimitives.WriteUInt16BigEndian(datagram, (ushort)(_random.Next(3) == 0 ? 0x0101 : 0x0001));
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], (ushort)(_random.Next(8) == 0 ? _random.Next(65536) : body));
        BinaryPrimitives.WriteUInt32BigEndian(datagram[4..], 0x2112A442);
        if (body >= 8)
        {
            BinaryPrimitives.WriteUInt16BigEndian(datagram[20..], (ushort)(_random.Next(2) == 0 ? 0x0006 : 0x0008));
            BinaryPrimitives.WriteUInt16BigEndian(datagram[22..], (ushort)_random.Next(0, body + 8));
        }

        return datagram[..(20 + body)];
    }

    // type 20..63, version 1.0 to 1.2, epoch, sequence, length (RFC 6347 §4.1), then a handshake header now and then.
    private Span<byte> AsDtls(Span<byte> datagram)
    {
        if (datagram.Length < 26) return datagram;
        datagram[0] = (byte)_random.Next(20, 64);
        datagram[1] = 0xFE;
        datagram[2] = (byte)(_random.Next(2) == 0 ? 0xFD : 0xFF);
        if (_random.Next(2) == 0) datagram[3..11].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(datagram[11..], (ushort)(datagram.Length - 13));
        if (_random.Next(2) == 0) (datagram[0], datagram[13]) = (22, 1);
        return datagram;
    }

    private Span<byte> AsRtp(Span<byte> datagram, byte second)
    {
        if (datagram.Length < 2) return datagram;
        datagram[0] = (byte)(0x80 | _random.Next(64));
        datagram[1] = second;
        return datagram;
    }
}
