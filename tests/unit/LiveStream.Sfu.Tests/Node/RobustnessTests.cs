using System.Net;
using System.Net.Sockets;
using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Srtp;
using LiveStream.Sfu.Stun;
using LiveStream.Testing.Rtc;
using LiveStream.Wire.Rtp;

namespace LiveStream.Sfu.Tests.Node;

public sealed class RobustnessTests
{
    [Fact]
    public async Task Garbage_FromStrangersAndFromAClientsAddress_ViewerLosesNothing()
    {
        await using var sfu = new SfuHarness();
        var (peer, publisher) = await sfu.PublishAsync();
        publisher.Frame(keyFrame: true);
        var viewer = await sfu.WatchAsync();
        var seen = new HashSet<ushort>();
        viewer.RtpReceivedHandler = packet => seen.Add(packet.SequenceNumber);
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.Connect(new IPEndPoint(IPAddress.Loopback, sfu.Node.Workers[0].Port));
        var random = new Random(1);
        publisher.Frame(keyFrame: true, packets: 2);
        for (var round = 1; round <= 100; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                var garbage = Garbage(random);
                if (i % 2 == 0) stranger.Send(garbage);
                else peer.Do((session, _) => ((IRtcSessionOutput)peer).Send(garbage, session.Ice!.Selected!));
            }

            publisher.Frame(keyFrame: false, packets: 2);
            await viewer.WaitAsync(_ => seen.Count == 2 * (round + 1), sfu.Patience);
        }

        Assert.True(sfu.Node.Stats().PacketsDropped > 5000);
        Assert.Equal(RtcSessionState.Connected, peer.State);
    }

    [Fact]
    public async Task Update_IceRestart_MediaFlowsOnAndOnlyTheNewCredentialsWorkAfterwards()
    {
        await using var sfu = new SfuHarness();
        var (_, publisher) = await sfu.PublishAsync();
        publisher.Frame(keyFrame: true);
        var viewer = await sfu.WatchAsync();
        publisher.Frame(keyFrame: true);
        await viewer.WaitAsync(peer => peer.RtpReceived >= 3, sfu.Patience);
        var before = viewer.Read(session => (session.Answer!.RemoteUfrag!, session.Answer.RemotePwd!));
        var offer = viewer.Offer.Replace("a=ice-ufrag:" + viewer.Read(session => session.Offer.Ufrag), "a=ice-ufrag:wxyz", StringComparison.Ordinal);
        var reply = await sfu.Control.UpdateTransportAsync(new UpdateTransportRequest { TransportId = "t2", OfferSdp = offer }, sfu.Patience);
        var after = StunProbe.Credentials(reply.AnswerSdp);
        Assert.NotEqual(before, after);
        publisher.Frame(keyFrame: false);
        await viewer.WaitAsync(peer => peer.RtpReceived >= 6, sfu.Patience);

        // The client's new path.
        using var probe = new StunProbe(sfu.Node.Workers[0].Port);
        await probe.SendAsync(after, sfu.Patience);
        Assert.Equal(1, (await probe.ReceiveAsync(sfu.Patience)).Span[8]);
        publisher.Frame(keyFrame: false);
        while (((await probe.ReceiveAsync(sfu.Patience)).Span[0] & 0xC0) != 0x80)
        {
        }

        // Old credentials get no answer: the next one belongs to the second request.
        using var late = new StunProbe(sfu.Node.Workers[0].Port);
        await late.SendAsync(before, sfu.Patience);
        await late.SendAsync(after, sfu.Patience);
        Assert.Equal(2, (await late.ReceiveAsync(sfu.Patience)).Span[8]);
    }

    [Fact]
    public async Task Update_SameFragment_KeepsTheCredentials()
    {
        await using var sfu = new SfuHarness();
        var viewer = await sfu.WatchAsync();
        var reply = await sfu.Control.UpdateTransportAsync(new UpdateTransportRequest { TransportId = "t1", OfferSdp = viewer.Offer }, sfu.Patience);
        Assert.Equal(viewer.Read(session => session.Answer!.RemoteUfrag), StunProbe.Credentials(reply.AnswerSdp).Fragment);
    }

    [Fact]
    public async Task Update_CodecIsGone_FailsWithFailedPreconditionAndChangesNothing()
    {
        await using var sfu = new SfuHarness();
        var (peer, _) = await sfu.PublishAsync();
        var offer = peer.Offer.Replace("H264/90000", "H265/90000", StringComparison.Ordinal).Replace("a=ice-ufrag:", "a=ice-ufrag:z", StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<ControlException>(() =>
            sfu.Control.UpdateTransportAsync(new UpdateTransportRequest { TransportId = "t1", OfferSdp = offer }, sfu.Patience));
        Assert.Equal(ControlError.FailedPrecondition, failure.Error);
        using var probe = new StunProbe(sfu.Node.Workers[0].Port);
        await probe.SendAsync(peer.Read(session => (session.Answer!.RemoteUfrag!, session.Answer.RemotePwd!)), sfu.Patience);
        Assert.False((await probe.ReceiveAsync(sfu.Patience)).IsEmpty);
    }

    [Fact]
    public async Task Client_WithoutGcm_FallsBackToSha1AndSeesTheVideo()
    {
        await using var sfu = new SfuHarness();
        var (_, publisher) = await sfu.PublishAsync();
        publisher.Frame(keyFrame: true);
        var dtls = DtlsSettings.Default with { Profiles = [SrtpProfile.AesCm128HmacSha1_80] };
        var viewer = await sfu.OpenAsync(new RtcOfferOptions { Sending = false }, IceTransport.Udp, "viewer-realtime", null, new SubscribePolicy { FromRoles = { "broadcaster" } }, dtls);
        Assert.Equal(SrtpProfile.AesCm128HmacSha1_80, viewer.Read(session => session.Profile));
        publisher.Frame(keyFrame: true);
        await viewer.WaitAsync(peer => peer.RtpReceived >= 3, sfu.Patience);
        Assert.Equal(0, viewer.Read(session => session.Received.AuthenticationFailures));
    }

    [Fact]
    public async Task Open_SameTransportTwice_FailsWithAlreadyExists()
    {
        await using var sfu = new SfuHarness();
        var viewer = await sfu.WatchAsync();
        var failure = await Assert.ThrowsAsync<ControlException>(() => sfu.Control.OpenTransportAsync(
            new OpenTransportRequest { RoomId = SfuHarness.Room, TransportId = "t1", PeerId = "p", Subscribe = new SubscribePolicy(), OfferSdp = viewer.Offer }, sfu.Patience));
        Assert.Equal(ControlError.AlreadyExists, failure.Error);
    }

    [Fact]
    public async Task Close_Twice_LeavesNothingBehind()
    {
        await using var sfu = new SfuHarness();
        await sfu.WatchAsync();
        await sfu.PublishAsync();
        foreach (var id in new[] { "t1", "t1", "t2", "t2" }) await sfu.Control.CloseTransportAsync(new CloseTransportRequest { TransportId = id, Reason = "bye" }, sfu.Patience);
        var stats = sfu.Node.Stats();
        Assert.Equal((0u, 0u), (stats.Rooms, stats.Transports));
    }

    [Fact]
    public async Task Room_LastViewerLeavesBeforeThePublisherSends_LaterViewerStillSeesIt()
    {
        await using var sfu = new SfuHarness();
        var (_, publisher) = await sfu.PublishAsync();
        await sfu.WatchAsync();
        await sfu.Control.CloseTransportAsync(new CloseTransportRequest { TransportId = "t2" }, sfu.Patience);
        var viewer = await sfu.WatchAsync();
        publisher.Frame(keyFrame: true);
        await viewer.WaitAsync(peer => peer.RtpReceived >= 3, sfu.Patience);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Check_OfAClientInTheWrongRole_IsToldSo(bool tcp)
    {
        await using var sfu = new SfuHarness();
        var viewer = await sfu.WatchAsync();
        using var probe = new StunProbe(sfu.Node.Workers[0].Port, tcp);
        await probe.SendAsync(viewer.Read(session => (session.Answer!.RemoteUfrag!, session.Answer.RemotePwd!)), sfu.Patience, controlled: true);
        var answer = await probe.ReceiveAsync(sfu.Patience);
        Assert.Equal(StunError.None, StunMessageView.TryParse(answer.Span, out var message));
        Assert.True(message.TryGetErrorCode(out var code));
        Assert.Equal(StunErrorCode.RoleConflict, code);
    }

    [Fact]
    public async Task Close_TransportOverTcp_EndsItsConnection()
    {
        await using var sfu = new SfuHarness();
        var viewer = await sfu.WatchAsync();
        using var probe = new StunProbe(sfu.Node.Workers[0].Port, tcp: true);
        await probe.SendAsync(viewer.Read(session => (session.Answer!.RemoteUfrag!, session.Answer.RemotePwd!)), sfu.Patience);
        Assert.False((await probe.ReceiveAsync(sfu.Patience)).IsEmpty);
        await sfu.Control.CloseTransportAsync(new CloseTransportRequest { TransportId = "t1" }, sfu.Patience);
        // The goodbye of DTLS is the last that it carries.
        Assert.Equal(DatagramKind.Dtls, MediaDatagram.Classify((await probe.ReceiveAsync(sfu.Patience)).Span));
        Assert.True((await probe.ReceiveAsync(sfu.Patience)).IsEmpty);
    }

    [Fact]
    public async Task Viewers_AllAskForAKeyFrame_PublisherIsAskedOnce()
    {
        await using var sfu = new SfuHarness();
        var (peer, publisher) = await sfu.PublishAsync();
        publisher.Frame(keyFrame: true);
        var viewer = await sfu.WatchAsync();
        publisher.Frame(keyFrame: true);
        await viewer.WaitAsync(watching => watching.RtpReceived >= 3, sfu.Patience);
        var asked = peer.Read(_ => peer.KeyFrameRequests);
        var ssrc = viewer.Read(session => session.Received.Streams.First().Ssrc);
        for (var i = 0; i < 50; i++) viewer.Do((session, _) => session.SendPli(ssrc));
        await peer.WaitAsync(publishing => publishing.KeyFrameRequests > asked, sfu.Patience);
        publisher.Frame(keyFrame: true);
        await viewer.WaitAsync(watching => watching.RtpReceived >= 6, sfu.Patience);
        Assert.InRange(peer.Read(_ => peer.KeyFrameRequests), asked + 1, asked + 3);
    }

    private static byte[] Garbage(Random random)
    {
        var bytes = new byte[random.Next(1, 300)];
        random.NextBytes(bytes);
        switch (random.Next(5))
        {
            case 0:
                bytes[0] = (byte)random.Next(4);
                break;
            case 1:
                bytes[0] = (byte)random.Next(20, 64);
                break;
            case 2:
                bytes[0] = 0x90;
                break;
            case 3 when bytes.Length > 1:
                (bytes[0], bytes[1]) = (0x81, (byte)random.Next(192, 224));
                break;
            default:
                break;
        }

        return bytes;
    }
}
