using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Control;
using LiveStream.Sfu.Dtls;
using LiveStream.Testing.Rtc;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LiveStream.Sfu.Tests.Node;

/// <summary>A real SFU node on free loopback ports, and real clients of it.</summary>
internal sealed class SfuHarness : IAsyncDisposable
{
    public const string Room = "room-1";
    private readonly List<RtcPeer> _peers = [];
    private int _next;

    public SfuHarness(Action<SfuOptions>? configure = null)
    {
        var options = new SfuOptions { Port = 0 };
        configure?.Invoke(options);
        Node = new SfuNode(Options.Create(options), NullLogger<SfuNode>.Instance);
        Node.StartAsync(default).GetAwaiter().GetResult();
        Control = new LocalSfuControl(Node);
    }

    public SfuNode Node { get; }

    public LocalSfuControl Control { get; }

    public CancellationToken Patience { get; } = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    public async Task<(RtcPeer Peer, Publisher Publisher)> PublishAsync(IceTransport transport = IceTransport.Udp, IReadOnlyList<string>? rids = null, string role = "broadcaster", bool video = true)
    {
        var options = new RtcOfferOptions { Sending = true, Rids = rids ?? [], Video = video ? [RtcCodec.H264, RtcCodec.Vp8] : [] };
        var peer = await OpenAsync(options, transport, role, new PublishPolicy { Audio = true, Video = true }, null);
        return (peer, new Publisher(peer, rids ?? []));
    }

    public Task<RtcPeer> WatchAsync(IceTransport transport = IceTransport.Udp, params string[] fromRoles) =>
        OpenAsync(new RtcOfferOptions { Sending = false }, transport, "viewer-realtime", null, new SubscribePolicy { FromRoles = { fromRoles.Length == 0 ? ["broadcaster"] : fromRoles } });

    public async Task<RtcPeer> OpenAsync(RtcOfferOptions offer, IceTransport transport, string role, PublishPolicy? publish, SubscribePolicy? subscribe, DtlsSettings? dtls = null)
    {
        var peer = new RtcPeer(new RtcSessionOptions { Offer = offer, Transport = transport, Dtls = dtls ?? DtlsSettings.Default }, seed: 7 + _next);
        _peers.Add(peer);
        var id = "t" + ++_next;
        await using var events = Control.WatchRoomAsync(new WatchRoomRequest { RoomId = Room }, Patience).GetAsyncEnumerator();
        var next = events.MoveNextAsync().AsTask();
        var reply = await Control.OpenTransportAsync(
            new OpenTransportRequest { RoomId = Room, TransportId = id, PeerId = "peer-" + id, Role = role, Publish = publish, Subscribe = subscribe, OfferSdp = peer.Offer },
            Patience);
        peer.Start(reply.AnswerSdp);
        await peer.WaitConnectedAsync(Patience);
        // The client has the last flight of the handshake before the node's worker has the keys: a frame sent in between is not forwarded.
        for (; ; next = events.MoveNextAsync().AsTask())
        {
            Assert.True(await next);
            if (events.Current.TransportChanged is { State: TransportState.Connected } changed && changed.TransportId == id) return peer;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _peers) await peer.DisposeAsync();
        await Node.StopAsync(default);
        Node.Dispose();
    }

    /// <summary>Sends made-up H.264 frames and Opus packets from a peer.</summary>
    internal sealed class Publisher
    {
        private static readonly byte[] KeyFrameStart = [0x67, 0x42, 0xE0, 0x1F];
        private readonly RtcPeer _peer;
        private readonly Dictionary<string, RtpSendStream> _video = [];
        private readonly RtpSendStream _audio;
        private uint _timestamp = 1000;

        public Publisher(RtcPeer peer, IReadOnlyList<string> rids)
        {
            _peer = peer;
            RtpSendStream? audio = null;
            peer.Do((session, _) =>
            {
                var offer = session.Offer;
                var mids = offer.KindByMid.ToDictionary(pair => pair.Value, pair => pair.Key);
                audio = session.AddStream(new RtpSendStreamOptions(offer.AudioSsrc, RtcCodec.Opus, mids["audio"]));
                if (!mids.TryGetValue("video", out var mid)) return;
                if (rids.Count == 0) _video[""] = session.AddStream(new RtpSendStreamOptions(offer.VideoSsrc, RtcCodec.H264, mid, null, offer.VideoRtxSsrc));
                for (var i = 0; i < rids.Count; i++)
                    _video[rids[i]] = session.AddStream(new RtpSendStreamOptions((uint)(5000 + i), RtcCodec.H264, mid, rids[i], (uint)(6000 + i)));
            });
            _audio = audio!;
        }

        public RtpSendStream Video(string rid = "") => _video[rid];

        /// <summary>One frame on one layer: the first packet of a key frame is a parameter set.</summary>
        public void Frame(bool keyFrame, int packets = 3, int size = 900, string rid = "")
        {
            _timestamp += 3000;
            _peer.Do((session, now) =>
            {
                Span<byte> payload = stackalloc byte[size];
                for (var i = 0; i < packets; i++)
                {
                    payload.Fill((byte)(i + 1));
                    if (keyFrame && i == 0) KeyFrameStart.CopyTo(payload);
                    else payload[0] = 0x61;
                    session.SendRtp(_video[rid], i == packets - 1, _timestamp, payload, now);
                }
            });
        }

        public void Audio() => _peer.Do((session, now) => session.SendRtp(_audio, false, _timestamp += 960, [0xFC, 1, 2, 3], now, voice: true));
    }
}
