using System.Net;
using System.Net.Sockets;

namespace LiveStream.Testing;

/// <summary>
/// Ports for programs that are told where to listen. They lie below those that the kernel gives to outgoing connections, so that
/// nothing takes one before the program has it, or while the program is away and about to come again.
/// </summary>
public static class FreePort
{
    // net.ipv4.ip_local_port_range begins at 32768. Browsers refuse none of these.
    private const int First = 20_000, Count = 12_000;

    private static int s_next = Random.Shared.Next(Count);

    /// <summary>A port that nobody has for TCP or UDP on loopback, and that this process was not given before.</summary>
    public static int Take()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref s_next) % Count);
            if (IsFree(port, SocketType.Stream, ProtocolType.Tcp) && IsFree(port, SocketType.Dgram, ProtocolType.Udp)) return port;
        }

        throw new InvalidOperationException($"no port from {First} to {First + Count - 1} is free");
    }

    /// <summary>So many different ones.</summary>
    public static int[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Take())];

    private static bool IsFree(int port, SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
