using System.Net;
using LiveStream.Sfu.Tcp;
using LiveStream.Sfu.Udp;

namespace LiveStream.Sfu.Workers;

/// <summary>The sockets of a worker: UDP, and ICE-TCP on the same number, so that a firewall needs one hole.</summary>
internal static class MediaSockets
{
    // A number that is free for UDP may be taken for TCP, by any connection of the machine.
    private const int Tries = 20;

    /// <summary>Binds both; port 0 takes a number that is free for both. Fails with <see cref="IOException"/> that names address and cause.</summary>
    public static (UdpSocket Udp, TcpListenerSocket Tcp) Bind(IPAddress address, int port)
    {
        for (var attempt = 1; ; attempt++)
        {
            var udp = UdpSocket.Bind(address, port);
            try
            {
                return (udp, TcpListenerSocket.Bind(address, udp.Port));
            }
            catch (IOException) when (port == 0 && attempt < Tries)
            {
                udp.Dispose();
            }
            catch
            {
                udp.Dispose();
                throw;
            }
        }
    }
}
