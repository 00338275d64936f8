using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Router.Codecs;
using LiveStream.Wire.Rtp;

namespace LiveStream.Sfu.Tests.Router;

/// <summary>A room without sockets or keys: packets go in at streams, and come out at recording sinks.</summary>
internal sealed class RouterRig : IRoomObserver, IDisposable
{
    private uint _nextSsrc = 1000;

    public RouterRig() => Room = new RoomRouter("room", this);

    public RoomRouter Room { get; }

    public List<RoomEvent> Events { get; } = [];

    /// <summary>Microseconds; the first packets are well after zero.</summary>
    public long Now { get; set; } = 100_000_000;

    public void OnRoomEvent(RoomEvent roomEvent) => Events.Add(roomEvent);

    /// <summary>A published track of one peer; without rids it has one layer.</summary>
    public PublishedTrack Publish(string codec = "H264", string peer = "publisher", params string[] rids)
    {
        var audio = codec == "OPUS";
        var description = new Track
        {
            TrackId = peer + ":" + codec,
            PeerId = peer,
            Role = "broadcaster",
            Kind = audio ? MediaKind.Audio : MediaKind.Video,
            Codec = new Codec { Name = codec, ClockRate = audio ? 48000u : 90000u },
        };
        var layers = rids.Length == 0 ? [""] : rids;
        var track = new PublishedTrack(description, [.. layers.Select(rid => (rid, _nextSsrc++))], new PublisherClock());
        Room.Publish(track);
        return track;
    }

    /// <summary>A connected viewer with one video and one audio line; the video of one track only, as offered, or of any.</summary>
    public (Subscription Video, Subscription Audio, RecordingSink Sink) Watch(bool connected = true, string? offeredTrack = null, byte transportSequence = 3)
    {
        var sink = new RecordingSink();
        var egress = new Egress(sink) { IsConnected = connected };
        PayloadFormat[] video = [new(CodecKind.H264, 102, 103, ""), new(CodecKind.Vp8, 96, 97, "")];
        PayloadFormat[] audio = [new(CodecKind.Opus, 111, null, "")];
        var picture = new Subscription(egress, new SubscriptionFormat(MediaKind.Video, video, new OutgoingExtensions(transportSequence, 0, 0), Nack: true), "0", 11, 12, offeredTrack);
        var sound = new Subscription(egress, new SubscriptionFormat(MediaKind.Audio, audio, new OutgoingExtensions(transportSequence, 0, 1), Nack: false), "1", 21, 0);
        egress.Add(picture);
        egress.Add(sound);
        Room.Subscribe(new Subscriber("viewer" + sink.GetHashCode(), ["broadcaster"], egress, isOffered: offeredTrack is not null));
        return (picture, sound, sink);
    }

    /// <summary>One packet in, forwarded at once unless it is to wait.</summary>
    public bool Send(IncomingStream stream, int sequenceNumber, uint timestamp, ReadOnlySpan<byte> payload, bool forward = true, bool retransmitted = false)
    {
        var facts = new PacketFacts { Timestamp = timestamp, AudioLevel = 0xFF, PayloadType = 96 };
        var taken = stream.Accept(ref facts, (ushort)sequenceNumber, payload, retransmitted, Now, Now);
        if (forward) Room.ForwardPending([stream], Now);
        return taken;
    }

    public void Dispose() => Room.Dispose();
}

/// <summary>Keeps each packet with its full number.</summary>
internal sealed class RecordingSink : IPacketSink
{
    public List<(uint Ssrc, long Number, uint Timestamp, byte PayloadType, byte[] Payload)> Packets { get; } = [];

    /// <summary>Transport-wide number of each packet; null where it has none.</summary>
    public List<ushort?> TransportNumbers { get; } = [];

    public int RtcpPackets { get; private set; }

    public void SendRtp(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, uint rolloverCounter)
    {
        var packet = new byte[header.Length + payload.Length];
        header.CopyTo(packet);
        payload.CopyTo(packet.AsSpan(header.Length));
        Assert.Equal(RtpError.None, RtpPacketView.TryParse(packet, out var view));
        Packets.Add((view.Ssrc, ((long)rolloverCounter << 16) | view.SequenceNumber, view.Timestamp, view.PayloadType, view.Payload.ToArray()));
        TransportNumbers.Add(view.TryGetExtension(3, out var value) && TransportSequenceNumber.TryParse(value, out var number) ? number.Value : null);
    }

    public void SendRtcp(ReadOnlySpan<byte> compound) => RtcpPackets++;
}
