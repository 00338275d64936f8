using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Router.Codecs;
using LiveStream.Sfu.Srtp;
using LiveStream.Sfu.Tests.Router;
using LiveStream.Sfu.Transports;
using LiveStream.Sfu.Workers;
using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Sfu.Tests.Workers;

/// <summary>Reports of more streams than one packet holds.</summary>
public sealed class ReportsTests
{
    private const int Pictures = 45;
    private readonly Reports _reports = new();
    private readonly ReportSink _sink = new();

    [Fact]
    public void SendToSubscriber_ManyPicturesAndSound_EachHasASenderReport()
    {
        using var rig = new RouterRig();
        var egress = new Egress(_sink) { IsConnected = true };
        var tracks = Enumerable.Range(0, Pictures).Select(i => rig.Publish("H264", $"p{i}")).Append(rig.Publish("OPUS")).ToArray();
        PayloadFormat[] formats = [new(CodecKind.H264, 102, 103, ""), new(CodecKind.Opus, 111, null, "")];
        for (var i = 0; i < tracks.Length; i++)
        {
            var kind = tracks[i].Description.Kind;
            egress.Add(new Subscription(egress, new SubscriptionFormat(kind, formats, default, Nack: kind == MediaKind.Video), $"{i}", (uint)i + 1, 1000, tracks[i].Id));
        }

        rig.Room.Subscribe(new Subscriber("viewer", ["broadcaster"], egress, isOffered: true));
        foreach (var track in tracks)
        {
            Assert.True(rig.Send(track.Layers[0], 1, 0, [0x67, 1, 2, 3]));
            Assert.True(track.Layers[0].Statistics.OnSenderReport(1UL << 40, 0, rig.Now));
            track.Clock.OnSenderReport(0, 0);
        }

        _reports.SendToSubscriber(egress, 1);
        Assert.Equal(Enumerable.Range(1, Pictures + 1).Select(ssrc => (uint)ssrc), _sink.Ssrcs.Order());
        Assert.All(_sink.Lengths, length => Assert.InRange(length, 1, 1200));
    }

    [Fact]
    public void SendToPublisher_ManyLayers_EachHasABlock()
    {
        var ingress = new PublisherIngress(new PublisherClock());
        var media = Enumerable.Range(1, Pictures).Select(Media).ToArray();
        ingress.Update(media, default, transportFeedback: false);
        foreach (var ssrc in Enumerable.Range(1, Pictures))
        {
            byte[] packet = [0x80, (byte)(ssrc + 1), 0, 1, 0, 0, 0, 0, 0, 0, 0, (byte)ssrc, 0x10, 0, 0, 0];
            Assert.Equal(RtpError.None, RtpPacketView.TryParse(packet, out var view));
            Assert.NotNull(ingress.Bind(view, default(SrtpReceiveState)));
        }

        _reports.SendToPublisher(ingress, _sink, 1);
        Assert.Equal(Enumerable.Range(1, Pictures).Select(ssrc => (uint)ssrc), _sink.Ssrcs.Order());
    }

    private static PublishedMedia Media(int number)
    {
        var description = new Track { TrackId = $"t{number}", Kind = MediaKind.Audio, Codec = new Codec { Name = "OPUS", ClockRate = 48_000 } };
        var format = new PublishFormat($"{number}", description, (byte)(number + 1), null, [], [], HasNack: false, HasPli: false, HasFir: false);
        return new PublishedMedia(format, new PublishedTrack(description, [("", 1)], new PublisherClock()));
    }

    /// <summary>Notes the SSRCs that are reported on.</summary>
    private sealed class ReportSink : IPacketSink
    {
        public List<uint> Ssrcs { get; } = [];

        public List<int> Lengths { get; } = [];

        public void SendRtp(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, uint rolloverCounter)
        {
        }

        public void SendRtcp(ReadOnlySpan<byte> compound)
        {
            Lengths.Add(compound.Length);
            var reader = new RtcpReader(compound);
            while (reader.TryRead(out var packet))
            {
                if (SenderReport.TryParse(packet, out var sent)) Ssrcs.Add(sent.Ssrc);
                else if (ReceiverReport.TryParse(packet, out var received))
                    for (var i = 0; i < received.BlockCount; i++) Ssrcs.Add(received.GetBlock(i).Ssrc);
            }

            Assert.Equal(RtcpError.None, reader.Error);
        }
    }
}
