using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;
using LiveStream.Sfu.Interop;

namespace LiveStream.Sfu.Udp;

/// <summary>A non-blocking UDP socket with big buffers, generic receive offload and the kernel's times of arrival. Owned by one worker thread.</summary>
internal sealed unsafe class UdpSocket : IDisposable
{
    private const int BufferBytes = 8 << 20;
    private int _fd;

    private UdpSocket(int fd, int port, bool receiveOffload)
    {
        _fd = fd;
        Port = port;
        ReceiveOffload = receiveOffload;
    }

    public int Fd => _fd;

    public int Port { get; }

    /// <summary>True where the kernel coalesces equal datagrams on receipt (Linux 5.0).</summary>
    public bool ReceiveOffload { get; }

    /// <summary>Binds; port 0 takes a free one. Fails with <see cref="IOException"/> that names address and cause.</summary>
    public static UdpSocket Bind(IPAddress address, int port)
    {
        var fd = BindNative(address, port, LinuxSockets.SockDgram, out var boundPort);
        SetBuffer(fd, LinuxSockets.SoReceiveBufferForce, LinuxSockets.SoReceiveBuffer);
        SetBuffer(fd, LinuxSockets.SoSendBufferForce, LinuxSockets.SoSendBuffer);
        var one = 1;
        // Don't fragment: what is too long for a path is lost either way, and the kernel need not number datagrams.
        var probe = LinuxSockets.PathMtuProbe;
        _ = LinuxSockets.SetSocketOption(fd, LinuxSockets.IpProtoIp, LinuxSockets.IpMtuDiscover, &probe, sizeof(int));
        var gro = LinuxSockets.SetSocketOption(fd, LinuxSockets.SolUdp, LinuxSockets.UdpGro, &one, sizeof(int)) == 0;
        // Without it the batch takes the time of reading.
        _ = LinuxSockets.SetSocketOption(fd, LinuxSockets.SolSocket, LinuxSockets.SoTimestampNanoseconds, &one, sizeof(int));
        return new UdpSocket(fd, boundPort, gro);
    }

    /// <summary>Creates and binds a socket of either type on an address; shared with the ICE-TCP listener.</summary>
    internal static int BindNative(IPAddress address, int port, int type, out int boundPort)
    {
        var family = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? LinuxSockets.AfInet : LinuxSockets.AfInet6;
        var fd = LinuxSockets.Socket(family, type | LinuxSockets.SockNonBlock | LinuxSockets.SockCloseOnExec, 0);
        if (fd < 0) throw Failure("create a media socket", address, port);
        try
        {
            var one = 1;
            var zero = 0;
            if (type == LinuxSockets.SockStream)
                _ = LinuxSockets.SetSocketOption(fd, LinuxSockets.SolSocket, LinuxSockets.SoReuseAddress, &one, sizeof(int));
            if (family == LinuxSockets.AfInet6)
                _ = LinuxSockets.SetSocketOption(fd, LinuxSockets.IpProtoIpv6, LinuxSockets.Ipv6Only, &zero, sizeof(int));
            var native = stackalloc byte[28];
            var length = SocketAddressValue.FromEndPoint(new IPEndPoint(address, port)).ToNative(native);
            if (LinuxSockets.Bind(fd, native, length) != 0) throw Failure("bind a media socket", address, port);
            var nameLength = 28u;
            if (LinuxSockets.GetSocketName(fd, native, &nameLength) != 0) throw Failure("name a media socket", address, port);
            boundPort = SocketAddressValue.FromNative(native).Port;
            return fd;
        }
        catch
        {
            _ = LinuxSockets.Close(fd);
            throw;
        }
    }

    public void Dispose()
    {
        if (_fd >= 0) _ = LinuxSockets.Close(_fd);
        _fd = -1;
    }

    /// <summary>What the last call's error means to whoever runs the node.</summary>
    internal static IOException Failure(string step, IPAddress address, int port)
    {
        var error = Marshal.GetLastPInvokeError();
        var advice = error == LinuxSockets.ErrorAddressInUse ? ". Choose another port by Sfu:Port (run.sh --media-port)." : "";
        return new IOException($"Cannot {step} on {address} port {port}: {new Win32Exception(error).Message}{advice}");
    }

    private static void SetBuffer(int fd, int forced, int plain)
    {
        var size = BufferBytes;
        // The forced form passes net.core.*mem_max but wants CAP_NET_ADMIN.
        if (LinuxSockets.SetSocketOption(fd, LinuxSockets.SolSocket, forced, &size, sizeof(int)) != 0)
            _ = LinuxSockets.SetSocketOption(fd, LinuxSockets.SolSocket, plain, &size, sizeof(int));
    }
}
