using System.Net;
using System.Net.Sockets;
using LiveStream.Sfu.Workers;

namespace LiveStream.Sfu.Tests.Workers;

public sealed class MediaSocketsTests
{
    [Fact]
    public void Bind_AnyPort_TakesOneNumberForBoth()
    {
        var (udp, tcp) = MediaSockets.Bind(IPAddress.Loopback, 0);
        using (udp)
        using (tcp)
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, udp.Port);
            Assert.True(client.Connected);
        }
    }

    [Fact]
    public void Bind_PortIsTakenForUdp_SaysWhatToDo()
    {
        using var taken = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.Client.LocalEndPoint!).Port;
        var failure = Assert.Throws<IOException>(() => MediaSockets.Bind(IPAddress.Loopback, port));
        Assert.EndsWith($"port {port}: Address already in use. Choose another port by Sfu:Port (run.sh --media-port).", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bind_PortIsTakenForTcp_FailsAndLeavesUdpFree()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var failure = Assert.Throws<IOException>(() => MediaSockets.Bind(IPAddress.Loopback, port));
        Assert.Contains($"127.0.0.1 port {port}", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(". Choose another port by Sfu:Port (run.sh --media-port).", failure.Message, StringComparison.Ordinal);
        using var free = new UdpClient(new IPEndPoint(IPAddress.Loopback, port));
    }
}
