using System.Net;
using System.Net.Sockets;
using LiveStream.Sfu.Tcp;

namespace LiveStream.Sfu.Tests.Tcp;

/// <summary>A managed client connected to a <see cref="FramedConnection"/> over loopback TCP.</summary>
internal sealed class SocketPair : IDisposable
{
    public SocketPair(int sendCapacity = 64 << 10)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        Client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 5000 };
        Client.Connect(listener.LocalEndPoint!);
        using var accepted = listener.Accept();
        // A descriptor of its own, so that the runtime does not close it.
        Connection = new FramedConnection(Duplicate((int)accepted.Handle), 20, sendCapacity);
    }

    public Socket Client { get; }

    public FramedConnection Connection { get; }

    public void Dispose()
    {
        Client.Dispose();
        Connection.Dispose();
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "dup")]
    private static extern int Duplicate(int fd);
}
