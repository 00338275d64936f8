using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Testing.Rtc;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Tests.Node;

/// <summary>The transports of the client protocol, over real ICE and DTLS on loopback.</summary>
public sealed class SubscriberTests : IAsyncDisposable
{
    private readonly SfuHarness _sfu = new();
    private readonly List<RtcPeer> _peers = [];
    private readonly List<RoomEvent> _past = [];
    private readonly IAsyncEnumerator<RoomEvent> _events;

    public SubscriberTests() => _events = _sfu.Control.WatchRoomAsync(new WatchRoomRequest { RoomId = SfuHarness.Room }, _sfu.Patience).GetAsyncEnumerator();

    [Fact]
    public async Task Viewer_TracksComeAndGo_IsOfferedEachAndGetsItsPackets()
    {
        var viewer = await ViewAsync("v");
        var (peer, publisher) = await PublishAsync("p");
        publisher.Frame(keyFrame: true);
        publisher.Audio();
        await NextAsync(item => item.TrackPublished?.TrackId == "p-video");
        await NextAsync(item => item.TrackPublished?.TrackId == "p-audio", alsoPast: true);

        var offer = ClientSide.Parse(await AgreeAsync("v", viewer));
        Assert.Equal(["p-audio", "p-video"], offer.Media.Skip(1).Select(media => media.Msid!.Track!).Order());
        Assert.All(offer.Media.Skip(1), media => Assert.Equal("p", media.Msid!.Stream));
        var ssrc = offer.Media.Single(media => media.Kind == "video").Ssrcs[0];
        var seen = 0;
        viewer.RtpReceivedHandler = packet => seen += packet.Ssrc == ssrc ? 1 : 0;
        publisher.Frame(keyFrame: true);
        await viewer.WaitAsync(_ => seen == 3, _sfu.Patience);
        Assert.Equal("", await OfferAsync("v"));

        // The camera is taken away: the line stays, and says that nothing comes.
        await UpdateAsync("p", ClientSide.Offer(peer, "p", "audio", "video").Replace("a=msid:p p-video", "a=inactive", StringComparison.Ordinal), "p-audio");
        await NextAsync(item => item.TrackUnpublished?.TrackId == "p-video");
        var without = ClientSide.Parse(await AgreeAsync("v", viewer));
        Assert.Equal(MediaDirection.Inactive, without.Media.Single(media => media.Kind == "video").Direction);
        Assert.Equal(offer.Media.Count, without.Media.Count);
    }

    [Fact]
    public async Task Publisher_BeginsWithADataChannelAlone_AddsTracksLater()
    {
        var (peer, publisher) = await PublishAsync("p", "audio");
        publisher.Audio();
        await NextAsync(item => item.TrackPublished?.TrackId == "p-audio");
        await UpdateAsync("p", ClientSide.Offer(peer, "p", "audio", "video"), "p-audio", "p-video");
        publisher.Frame(keyFrame: true);
        var video = (await NextAsync(item => item.TrackPublished?.TrackId == "p-video")).TrackPublished;
        Assert.Equal(("p", TrackSource.Regular, "broadcaster"), (video.StreamId, video.Source, video.Role));
    }

    [Fact]
    public async Task Viewer_RoleMayNotSeeThePublisherAnyMore_GetsNothingUntilItMayAgain()
    {
        var (_, publisher) = await PublishAsync("p");
        publisher.Frame(keyFrame: true);
        await NextAsync(item => item.TrackPublished?.TrackId == "p-video");
        var viewer = await ViewAsync("v");
        var seen = 0;
        viewer.RtpReceivedHandler = _ => seen++;
        publisher.Frame(keyFrame: true);
        await viewer.WaitAsync(_ => seen == 3, _sfu.Patience);

        await SubscribeAsync("v", "nobody");
        publisher.Frame(keyFrame: true, packets: 5);
        Assert.Equal(MediaDirection.Inactive, ClientSide.Parse(await AgreeAsync("v", viewer)).Media[1].Direction);
        await SubscribeAsync("v", "broadcaster");
        await AgreeAsync("v", viewer);
        publisher.Frame(keyFrame: true, packets: 2);
        await viewer.WaitAsync(_ => seen >= 5, _sfu.Patience);
        Assert.Equal(5, seen);
    }

    [Fact]
    public async Task Viewer_AsksForNoVideoOnItsChannel_GetsNoneUntilItAsksAgain()
    {
        var (peer, publisher) = await PublishAsync("p");
        publisher.Frame(keyFrame: true);
        await NextAsync(item => item.TrackPublished?.TrackId == "p-video");
        var viewer = await ViewAsync("v");
        await viewer.WaitAsync(client => client.ChannelsOpened.Contains("ion-sfu"), _sfu.Patience);
        var seen = 0;
        viewer.RtpReceivedHandler = _ => seen++;
        publisher.Frame(keyFrame: true);
        await viewer.WaitAsync(_ => seen == 3, _sfu.Patience);

        await AskAsync(viewer, "none");
        publisher.Frame(keyFrame: true, packets: 5);
        await AskAsync(viewer, "none");
        var requests = peer.Read(_ => peer.KeyFrameRequests);
        await AskAsync(viewer, "high");
        await peer.WaitAsync(client => client.KeyFrameRequests > requests, _sfu.Patience);
        publisher.Frame(keyFrame: true, packets: 2);
        await viewer.WaitAsync(_ => seen >= 5, _sfu.Patience);
        Assert.Equal(5, seen);
    }

    [Fact]
    public async Task Publisher_ChangesRole_ItsTracksHaveTheNewRoleAndThoseNotAllowedEnd()
    {
        var (_, publisher) = await PublishAsync("p");
        publisher.Frame(keyFrame: true);
        publisher.Audio();
        await NextAsync(item => item.TrackPublished?.TrackId == "p-audio");
        var change = new ChangePolicyRequest { RoomId = SfuHarness.Room, TransportId = "p", Role = "guest", Publish = new PublishPolicy { Audio = true } };
        await _sfu.Control.ChangePolicyAsync(change, _sfu.Patience);
        await NextAsync(item => item.TrackUnpublished?.TrackId == "p-audio");
        publisher.Frame(keyFrame: true);
        publisher.Audio();
        var audio = await NextAsync(item => item.TrackPublished is not null);
        Assert.Equal(("p-audio", "guest"), (audio.TrackPublished.TrackId, audio.TrackPublished.Role));
        Assert.Equal(["p-audio"], await TracksAsync());
    }

    [Fact]
    public async Task MakeOffer_RestartOfIce_HasNewCredentialsAndOldOnesWorkUntilThen()
    {
        var viewer = await ViewAsync("v");
        var first = await FragmentAsync("v");
        var reply = await _sfu.Control.MakeOfferAsync(new MakeOfferRequest { RoomId = SfuHarness.Room, TransportId = "v", RestartIce = true }, _sfu.Patience);
        var restarted = ClientSide.Parse(reply.OfferSdp).Media[0];
        Assert.NotEqual(first, restarted.IceUfrag);
        await _sfu.Control.TakeAnswerAsync(new TakeAnswerRequest { RoomId = SfuHarness.Room, TransportId = "v", AnswerSdp = ClientSide.AnswerTo(reply.OfferSdp, viewer) }, _sfu.Patience);
        Assert.Equal(RtcSessionState.Connected, viewer.State);
    }

    [Fact]
    public async Task Publisher_TakesTheTrackIdOfAnother_IsRefusedAndTheOtherGoesOn()
    {
        var (_, publisher) = await PublishAsync("p");
        publisher.Frame(keyFrame: true);
        await NextAsync(item => item.TrackPublished?.TrackId == "p-video");
        var thief = NewPeer(sending: true);
        var request = Request(thief, "thief", ClientSide.Offer(thief, "p", "audio", "video"), "p-audio", "p-video");
        var failure = await Assert.ThrowsAsync<ControlException>(() => _sfu.Control.OpenTransportAsync(request, _sfu.Patience));
        Assert.Equal(ControlError.AlreadyExists, failure.Error);
        Assert.Equal(["p-video"], await TracksAsync());
    }

    [Fact]
    public async Task TakeAnswer_OfAnotherConnection_IsRefusedAndTheOfferStillWaits()
    {
        var viewer = await ViewAsync("v");
        var (_, publisher) = await PublishAsync("p");
        publisher.Frame(keyFrame: true);
        await NextAsync(item => item.TrackPublished?.TrackId == "p-video");
        var offer = await OfferAsync("v");
        var stranger = NewPeer(sending: false);
        foreach (var hostile in new[] { ClientSide.AnswerTo(offer, stranger), "v=0", "", offer })
        {
            var request = new TakeAnswerRequest { RoomId = SfuHarness.Room, TransportId = "v", AnswerSdp = hostile };
            await Assert.ThrowsAsync<ControlException>(() => _sfu.Control.TakeAnswerAsync(request, _sfu.Patience));
        }

        await AnswerAsync("v", offer, viewer);
        publisher.Frame(keyFrame: true);
        await viewer.WaitAsync(peer => peer.RtpReceived >= 3, _sfu.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _peers) await peer.DisposeAsync();
        await _sfu.DisposeAsync();
    }

    private RtcPeer NewPeer(bool sending)
    {
        var peer = new RtcPeer(new RtcSessionOptions { Offer = new RtcOfferOptions { Sending = sending } }, seed: 100 + _peers.Count);
        _peers.Add(peer);
        return peer;
    }

    private static OpenTransportRequest Request(RtcPeer peer, string id, string offer, params string[] tracks) => new()
    {
        RoomId = SfuHarness.Room,
        TransportId = id,
        PeerId = "peer-" + id,
        Role = "broadcaster",
        Publish = new PublishPolicy { Audio = true, Video = true, VideoCodecs = { "H264" } },
        OfferSdp = offer,
        Named = ClientSide.Names(tracks),
    };

    // As clients do: first the data channel alone, then the tracks.
    private async Task<(RtcPeer Peer, SfuHarness.Publisher Publisher)> PublishAsync(string id, params string[] kinds)
    {
        if (kinds.Length == 0) kinds = ["audio", "video"];
        var peer = NewPeer(sending: true);
        var reply = await _sfu.Control.OpenTransportAsync(Request(peer, id, ClientSide.Offer(peer, id)), _sfu.Patience);
        peer.Start(reply.AnswerSdp);
        await peer.WaitConnectedAsync(_sfu.Patience);
        await UpdateAsync(id, ClientSide.Offer(peer, id, kinds), [.. kinds.Select(kind => $"{id}-{kind}")]);
        return (peer, new SfuHarness.Publisher(peer, []));
    }

    private async Task UpdateAsync(string id, string offer, params string[] tracks)
    {
        var request = new UpdateTransportRequest { TransportId = id, OfferSdp = offer, Named = ClientSide.Names(tracks) };
        ClientSide.Parse((await _sfu.Control.UpdateTransportAsync(request, _sfu.Patience)).AnswerSdp);
    }

    private async Task<RtcPeer> ViewAsync(string id)
    {
        var viewer = NewPeer(sending: false);
        await using var events = _sfu.Control.WatchRoomAsync(new WatchRoomRequest { RoomId = SfuHarness.Room }, _sfu.Patience).GetAsyncEnumerator();
        var next = events.MoveNextAsync().AsTask();
        await _sfu.Control.OpenSubscriberAsync(
            new OpenSubscriberRequest { RoomId = SfuHarness.Room, TransportId = id, PeerId = "peer-" + id, Role = "viewer", Subscribe = new SubscribePolicy { FromRoles = { "broadcaster" } } },
            _sfu.Patience);
        var offer = await AgreeAsync(id, viewer);
        viewer.Start(ClientSide.AsAnswer(offer));
        await viewer.WaitConnectedAsync(_sfu.Patience);
        // The viewer is connected a moment before the worker has its keys, and until then nothing is forwarded.
        for (; ; next = events.MoveNextAsync().AsTask())
        {
            Assert.True(await next);
            if (events.Current.TransportChanged is { State: TransportState.Connected } changed && changed.TransportId == id) return viewer;
        }
    }

    private async Task<string> OfferAsync(string id) =>
        (await _sfu.Control.MakeOfferAsync(new MakeOfferRequest { RoomId = SfuHarness.Room, TransportId = id }, _sfu.Patience)).OfferSdp;

    private async Task AnswerAsync(string id, string offer, RtcPeer viewer) =>
        await _sfu.Control.TakeAnswerAsync(new TakeAnswerRequest { RoomId = SfuHarness.Room, TransportId = id, AnswerSdp = ClientSide.AnswerTo(offer, viewer) }, _sfu.Patience);

    private async Task<string> AgreeAsync(string id, RtcPeer viewer)
    {
        var offer = await OfferAsync(id);
        await AnswerAsync(id, offer, viewer);
        return offer;
    }

    private async Task AskAsync(RtcPeer viewer, string layer)
    {
        var before = viewer.Read(_ => viewer.Texts.Count);
        var text = $$"""{"id":"{{before}}","jsonrpc":"2.0","params":{"max_spatial_layer":"{{layer}}","track_id":"p-video"},"method":"prefer-video-track-state"}""";
        viewer.Do((session, now) => Assert.True(session.SendText("ion-sfu", System.Text.Encoding.UTF8.GetBytes(text), now)));
        await viewer.WaitAsync(client => client.Texts.Count > before, _sfu.Patience);
        Assert.Equal($$$"""{"id":"{{{before}}}","jsonrpc":"2.0","result":{}}""", viewer.Read(_ => viewer.Texts[^1]));
    }

    private async Task<string> FragmentAsync(string id)
    {
        var worker = _sfu.Node.WorkerOf(SfuHarness.Room);
        return await worker.InvokeAsync(() => worker.Transports.TryGetById(id, out var transport) ? transport.Ice.Local.UserFragment : "");
    }

    private async Task<string[]> TracksAsync()
    {
        var worker = _sfu.Node.WorkerOf(SfuHarness.Room);
        return await worker.InvokeAsync(() => worker.Rooms.Find(SfuHarness.Room)!.Tracks.Select(track => track.Id).ToArray());
    }

    private Task<ChangePolicyReply> SubscribeAsync(string id, string role) => _sfu.Control.ChangePolicyAsync(
        new ChangePolicyRequest { RoomId = SfuHarness.Room, TransportId = id, Role = "viewer", Subscribe = new SubscribePolicy { FromRoles = { role } } }, _sfu.Patience);

    private async Task<RoomEvent> NextAsync(Func<RoomEvent, bool> wanted, bool alsoPast = false)
    {
        if (alsoPast && _past.Find(item => wanted(item)) is { } told) return told;
        while (await _events.MoveNextAsync())
        {
            _past.Add(_events.Current);
            if (wanted(_events.Current)) return _events.Current;
        }

        throw new InvalidOperationException("The events ended.");
    }
}
