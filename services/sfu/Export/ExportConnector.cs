using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LiveStream.Contracts;
using LiveStream.Sfu.Interop;
using LiveStream.Sfu.Udp;

namespace LiveStream.Sfu.Export;

/// <summary>
/// Connects to a packager's ingest port. The descriptor is made natively, because a managed socket stays registered
/// with the runtime's own poller after its descriptor changes hands.
/// </summary>
internal static class ExportConnector
{
    private const int SoSendTimeout = 21;
    private const long TimeoutSeconds = 3;

    /// <summary>A connected descriptor, owned by the caller. Fails with <see cref="ControlError.Unavailable"/>.</summary>
    public static async Task<int> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            throw Unreachable(host, port, exception.Message);
        }

        var reason = "the name has no address";
        foreach (var address in addresses)
        {
            var (fd, failure) = await Task.Run(() => Connect(new IPEndPoint(address, port)), cancellationToken).ConfigureAwait(false);
            if (fd >= 0) return fd;
            reason = failure;
        }

        throw Unreachable(host, port, reason);
    }

    private static unsafe (int Fd, string Failure) Connect(IPEndPoint endPoint)
    {
        var value = SocketAddressValue.FromEndPoint(endPoint);
        var fd = LinuxSockets.Socket(value.Family, LinuxSockets.SockStream | LinuxSockets.SockCloseOnExec, 0);
        if (fd < 0) return (-1, LastError());
        // On Linux the send time-out bounds connect() too; later sends do not wait at all.
        var timeout = stackalloc long[2] { TimeoutSeconds, 0 };
        _ = LinuxSockets.SetSocketOption(fd, LinuxSockets.SolSocket, SoSendTimeout, (int*)timeout, 16);
        var native = stackalloc byte[28];
        var length = value.ToNative(native);
        if (LinuxSockets.Connect(fd, native, length) == 0) return (fd, "");
        var failure = LastError();
        _ = LinuxSockets.Close(fd);
        return (-1, failure);
    }

    private static string LastError() => new Win32Exception(Marshal.GetLastPInvokeError()).Message;

    private static ControlException Unreachable(string host, int port, string reason) =>
        new(ControlError.Unavailable, $"The packager at {host}:{port} cannot be reached: {reason}");
}
