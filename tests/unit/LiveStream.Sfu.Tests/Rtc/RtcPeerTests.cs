using System.Net;
using System.Net.Sockets;
using LiveStream.Testing.Rtc;
using LiveStream.Wire.Framing;
using LiveStream.Wire.Rtcp;

namespace LiveStream.Sfu.Tests.Rtc;

public class RtcPeerTests
{
    private static readonly RtcSessionOptions Options = new() { Offer = new RtcOfferOptions { Sending = true } };

    [Fact]
    public async Task Udp_ConnectSendAndEcho_Works()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var peer = new RtcPeer(Options, seed: 1);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        EndPoint? client = null;
        using var server = new LoopbackServer(peer.Offer, $"1 1 udp 2130706431 127.0.0.1 {port} typ host", datagram => socket.SendTo(datagram, client!));
        var loop = Task.Run(async () =>
        {
            var buffer = new byte[2048];
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), limit.Token);
                client = received.RemoteEndPoint;
                lock (server) server.Receive(buffer[..received.ReceivedBytes]);
            }
        });
        await CheckAsync(peer, server, limit.Token);
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
    }

    [Fact]
    public async Task Tcp_ConnectSendAndEcho_Works()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var peer = new RtcPeer(Options with { Transport = IceTransport.Tcp }, seed: 2);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        NetworkStream? stream = null;
        using var server = new LoopbackServer(peer.Offer, $"1 1 tcp 1671430143 127.0.0.1 {port} typ host tcptype passive", datagram =>
        {
            var frame = new byte[datagram.Length + 2];
            stream!.Write(frame.AsSpan(0, FramedPackets.Write(frame, datagram)));
        });
        var loop = Task.Run(async () =>
        {
            using var connection = await listener.AcceptTcpClientAsync(limit.Token);
            stream = connection.GetStream();
            var head = new byte[2];
            while (true)
            {
                await stream.ReadExactlyAsync(head, limit.Token);
                var datagram = new byte[head[0] * 256 + head[1]];
                await stream.ReadExactlyAsync(datagram, limit.Token);
                lock (server) server.Receive(datagram);
            }
        });
        await CheckAsync(peer, server, limit.Token);
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
    }

    [Fact]
    public void Start_NoCandidateOfTheTransport_Throws()
    {
        var peer = new RtcPeer(Options, seed: 3);
        using var server = new LoopbackServer(peer.Offer, "1 1 tcp 1671430143 127.0.0.1 9 typ host tcptype passive", _ => { });
        Assert.Throws<FormatException>(() => peer.Start(server.Answer));
    }

    private static async Task CheckAsync(RtcPeer peer, LoopbackServer server, CancellationToken cancellationToken)
    {
        peer.Start(server.Answer);
        await peer.WaitConnectedAsync(cancellationToken);
        for (var i = 0; i < 20; i++)
        {
            peer.Do((session, now) =>
            {
                if (session.SendStreams.Count == 0) session.AddStream(new RtpSendStreamOptions(session.Offer.VideoSsrc, RtcCodec.H264, "1"));
                Assert.True(session.SendRtp(session.SendStreams[0], false, 0, new byte[1000], now));
            });
        }
        await peer.WaitAsync(waiting => waiting.RtpReceived == 20, cancellationToken);
        lock (server) server.SendRtcp(packet => RtcpWriter.WritePli(packet, 1, 2));
        await peer.WaitAsync(waiting => waiting.KeyFrameRequests == 1, cancellationToken);
    }
}
