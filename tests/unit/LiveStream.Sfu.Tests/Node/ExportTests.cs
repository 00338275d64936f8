using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Sfu.Tests.Node;

public sealed class ExportTests
{
    [Fact]
    public async Task Start_PackagerListens_GetsGreetingFramesAndSenderReportsUnderTheExportSsrc()
    {
        await using var sfu = new SfuHarness();
        using var packager = new TcpListener(IPAddress.Loopback, 0);
        packager.Start();
        await using var events = sfu.Control.WatchRoomAsync(new WatchRoomRequest { RoomId = SfuHarness.Room }, sfu.Patience).GetAsyncEnumerator();
        var (peer, publisher) = await sfu.PublishAsync();
        publisher.Frame(keyFrame: true);
        var ssrc = 0u;
        while (ssrc == 0 && await events.MoveNextAsync())
            if (events.Current.TrackPublished is { Kind: MediaKind.Video } track) ssrc = track.Layers[0].ExportSsrc;
        await StartAsync(sfu, packager);
        using var connection = await packager.AcceptTcpClientAsync(sfu.Patience);
        Assert.Equal("LSEXPORT/1 export-1\n"u8.ToArray(), await ReadFrameAsync(connection, sfu.Patience));
        publisher.Frame(keyFrame: true, packets: 4);

        var numbers = new List<ushort>();
        var reports = 0;
        while (numbers.Count < 4 || reports == 0)
        {
            var frame = await ReadFrameAsync(connection, sfu.Patience);
            if (MediaDatagram.Classify(frame) == DatagramKind.Rtcp)
            {
                var reader = new RtcpReader(frame);
                Assert.True(reader.TryRead(out var packet));
                Assert.True(SenderReport.TryParse(packet, out var report));
                if (report.Ssrc == ssrc) reports++;
                continue;
            }

            Assert.Equal(RtpError.None, RtpPacketView.TryParse(frame, out var rtp));
            if (rtp.Ssrc != ssrc) continue;
            Assert.Equal(12, rtp.HeaderLength);
            Assert.Equal(900, rtp.Payload.Length);
            numbers.Add(rtp.SequenceNumber);
        }

        // The publisher's own numbers.
        var last = (ushort)(peer.Read(_ => publisher.Video().NextIndex) - 1);
        Assert.Equal([(ushort)(last - 3), (ushort)(last - 2), (ushort)(last - 1), last], numbers);
    }

    [Fact]
    public async Task Connection_IsLost_MediaToViewersGoesOnAndTheExportCanStartAgain()
    {
        await using var sfu = new SfuHarness();
        using var packager = new TcpListener(IPAddress.Loopback, 0);
        packager.Start();
        var (_, publisher) = await sfu.PublishAsync();
        publisher.Frame(keyFrame: true);
        var viewer = await sfu.WatchAsync();
        await StartAsync(sfu, packager);
        using (var first = await packager.AcceptTcpClientAsync(sfu.Patience))
        {
            await ReadFrameAsync(first, sfu.Patience);
            first.LingerState = new LingerOption(true, 0);
        }

        for (var i = 0; i < 20; i++) publisher.Frame(keyFrame: i % 5 == 0);
        await viewer.WaitAsync(peer => peer.RtpReceived >= 60, sfu.Patience);
        await StartAsync(sfu, packager);
        using var second = await packager.AcceptTcpClientAsync(sfu.Patience);
        await ReadFrameAsync(second, sfu.Patience);
        publisher.Frame(keyFrame: true);
        Assert.NotEmpty(await ReadFrameAsync(second, sfu.Patience));
        await sfu.Control.StopExportAsync(new StopExportRequest { RoomId = SfuHarness.Room, ExportId = "export-1" }, sfu.Patience);
        await sfu.Control.StopExportAsync(new StopExportRequest { RoomId = SfuHarness.Room, ExportId = "export-1" }, sfu.Patience);
    }

    [Fact]
    public async Task Start_NobodyListens_FailsWithUnavailable()
    {
        await using var sfu = new SfuHarness();
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        var failure = await Assert.ThrowsAsync<ControlException>(() => sfu.Control.StartExportAsync(
            new StartExportRequest { RoomId = SfuHarness.Room, ExportId = "e", Host = "127.0.0.1", Port = (uint)port }, sfu.Patience));
        Assert.Equal(ControlError.Unavailable, failure.Error);
    }

    private static Task<StartExportReply> StartAsync(SfuHarness sfu, TcpListener packager) => sfu.Control.StartExportAsync(
        new StartExportRequest { RoomId = SfuHarness.Room, ExportId = "export-1", Host = "127.0.0.1", Port = (uint)((IPEndPoint)packager.LocalEndpoint).Port },
        sfu.Patience);

    private static async Task<byte[]> ReadFrameAsync(TcpClient connection, CancellationToken cancellationToken)
    {
        var length = new byte[2];
        await connection.GetStream().ReadExactlyAsync(length, cancellationToken);
        var frame = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await connection.GetStream().ReadExactlyAsync(frame, cancellationToken);
        return frame;
    }
}
