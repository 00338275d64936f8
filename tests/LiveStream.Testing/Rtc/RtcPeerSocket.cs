using System.Net;
using System.Net.Sockets;
using LiveStream.Wire.Framing;

namespace LiveStream.Testing.Rtc;

/// <summary>Datagrams over UDP, or over one TCP connection with RFC 4571 framing. Non-blocking; one reader.</summary>
internal sealed class RtcPeerSocket : IDisposable
{
    private const int MaxFrame = 2048;

    private readonly Socket _socket;
    private readonly bool _framed;
    private readonly byte[] _inbound = new byte[128 * 1024];
    private int _start, _end;

    private RtcPeerSocket(Socket socket, bool framed)
    {
        _socket = socket;
        _framed = framed;
    }

    /// <summary>The server closed the connection.</summary>
    public bool IsClosed { get; private set; }

    public static RtcPeerSocket Open(IceTransport transport, IPEndPoint remote)
    {
        if (transport == IceTransport.Tcp)
        {
            var tcp = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            tcp.Connect(remote);
            return new RtcPeerSocket(tcp, framed: true);
        }
        var udp = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20, Blocking = false };
        udp.Bind(new IPEndPoint(remote.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0));
        return new RtcPeerSocket(udp, framed: false);
    }

    public bool Wait(TimeSpan timeout) => _start < _end || _socket.Poll(timeout, SelectMode.SelectRead);

    public void Send(ReadOnlySpan<byte> datagram, IPEndPoint to)
    {
        try
        {
            if (_framed)
            {
                Span<byte> frame = stackalloc byte[MaxFrame + 2];
                var length = FramedPackets.Write(frame, datagram);
                _socket.Send(frame[..length]);
            }
            else
            {
                _socket.SendTo(datagram, to);
            }
        }
        catch (SocketException)
        {
            // A server that is gone: for UDP an ICMP answer to an earlier datagram, for TCP a reset. Consent decides.
            IsClosed = _framed;
        }
    }

    public bool TryReceive(Span<byte> buffer, out int length)
    {
        length = 0;
        try
        {
            return _framed ? TryReceiveFrame(buffer, out length) : TryReceiveDatagram(buffer, out length);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.ConnectionRefused)
        {
            return false;
        }
        catch (SocketException)
        {
            IsClosed = true;
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool TryReceiveDatagram(Span<byte> buffer, out int length)
    {
        length = _socket.Receive(buffer);
        return true;
    }

    private bool TryReceiveFrame(Span<byte> buffer, out int length)
    {
        length = 0;
        while (true)
        {
            if (FramedPackets.TryRead(_inbound.AsSpan(_start, _end - _start), MaxFrame, out var packet, out var consumed, out var tooLong))
            {
                packet.CopyTo(buffer);
                length = packet.Length;
                _start += consumed;
                return true;
            }
            if (tooLong)
            {
                IsClosed = true;
                return false;
            }
            _inbound.AsSpan(_start, _end - _start).CopyTo(_inbound);
            (_start, _end) = (0, _end - _start);
            if (!_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead)) return false;
            var read = _socket.Receive(_inbound.AsSpan(_end));
            IsClosed = read == 0;
            if (read == 0) return false;
            _end += read;
        }
    }
}
