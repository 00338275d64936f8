using System.Net;
using LiveStream.Sfu.Interop;
using LiveStream.Sfu.Udp;

namespace LiveStream.Sfu.Tcp;

/// <summary>The passive side of ICE-TCP (RFC 6544 §4.5): a non-blocking listening socket.</summary>
internal sealed unsafe class TcpListenerSocket : IDisposable
{
    private const int Backlog = 256;

    private TcpListenerSocket(int fd) => Fd = fd;

    public int Fd { get; private set; }

    /// <summary>Binds and listens. Fails with <see cref="IOException"/> that names address and cause.</summary>
    public static TcpListenerSocket Bind(IPAddress address, int port)
    {
        var fd = UdpSocket.BindNative(address, port, LinuxSockets.SockStream, out _);
        if (LinuxSockets.Listen(fd, Backlog) == 0) return new TcpListenerSocket(fd);
        var failure = UdpSocket.Failure("listen for ICE-TCP", address, port);
        _ = LinuxSockets.Close(fd);
        throw failure;
    }

    /// <summary>Takes the next waiting connection; false when there is none.</summary>
    public bool TryAccept(out int fd, out SocketAddressValue remote)
    {
        var address = stackalloc byte[32];
        var length = 28u;
        fd = LinuxSockets.Accept(Fd, address, &length, LinuxSockets.SockNonBlock | LinuxSockets.SockCloseOnExec);
        remote = fd >= 0 ? SocketAddressValue.FromNative(address) : default;
        return fd >= 0;
    }

    public void Dispose()
    {
        if (Fd >= 0) _ = LinuxSockets.Close(Fd);
        Fd = -1;
    }
}
