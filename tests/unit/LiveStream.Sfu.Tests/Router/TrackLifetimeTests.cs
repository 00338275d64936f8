using LiveStream.Sfu.Router;

namespace LiveStream.Sfu.Tests.Router;

public sealed class TrackLifetimeTests
{
    private static readonly byte[] Key = [0x67, 1, 2, 3], Delta = [0x61, 1, 2, 3];

    [Fact]
    public void ForwardPending_TrackEndedWithPacketsWaiting_HandsNothingOn()
    {
        using var rig = new RouterRig();
        var export = new CountingExport();
        rig.Room.AddExport(export);
        var track = rig.Publish();
        rig.Send(track.Layers[0], 1, 0, Key, forward: false);
        rig.Room.Unpublish(track, "closed");
        rig.Room.ForwardPending([track.Layers[0]], rig.Now);
        Assert.Equal(0, export.Packets);
    }

    [Fact]
    public void Attach_NullAndBack_GoesOnWithTheNextNumber()
    {
        using var rig = new RouterRig();
        var track = rig.Publish();
        var (video, _, sink) = rig.Watch();
        rig.Send(track.Layers[0], 10, 0, Key);
        video.Attach(null);
        rig.Send(track.Layers[0], 11, 3000, Delta);
        Assert.Single(sink.Packets);
        video.Attach(track);
        rig.Send(track.Layers[0], 12, 6000, Delta);
        rig.Send(track.Layers[0], 13, 9000, Key);
        Assert.Equal(2, sink.Packets.Count);
        Assert.Equal(sink.Packets[0].Number + 1, sink.Packets[1].Number);
    }

    [Fact]
    public void Tick_OnlyLayerPausesForSeconds_ViewerGoesOnWithoutAKeyFrame()
    {
        using var rig = new RouterRig();
        var track = rig.Publish();
        var (_, _, sink) = rig.Watch();
        rig.Send(track.Layers[0], 1, 0, Key);
        for (var i = 0; i < 8; i++)
        {
            rig.Now += 250_000;
            rig.Room.Tick(rig.Now);
        }

        rig.Send(track.Layers[0], 2, 180_000, Delta);
        Assert.Equal(2, sink.Packets.Count);
    }

    [Fact]
    public void Retransmit_FirstNumber_LeavesRoomBeforeTheWrap()
    {
        // A receiver that loses the first packets has to guess the rollover counter 0 (RFC 3711 §3.3.1).
        for (var i = 0; i < 40; i++)
        {
            using var rig = new RouterRig();
            var track = rig.Publish();
            var (video, _, sink) = rig.Watch();
            rig.Send(track.Layers[0], 1, 0, Key);
            Nack(video, (ushort)sink.Packets[0].Number, rig.Now);
            Assert.Equal(2, sink.Packets.Count);
            Assert.InRange(sink.Packets[1].Number, 0, 0x7FFF);
        }
    }

    internal static void Nack(Subscription subscription, ushort number, long now)
    {
        var buffer = new byte[64];
        var length = LiveStream.Wire.Rtcp.RtcpWriter.WriteGenericNack(buffer, 1, subscription.Ssrc, [number]);
        var reader = new LiveStream.Wire.Rtcp.RtcpReader(buffer.AsSpan(0, length));
        Assert.True(reader.TryRead(out var packet));
        Assert.True(LiveStream.Wire.Rtcp.GenericNack.TryParse(packet, out var nack));
        subscription.OnNack(nack, now);
    }

    private sealed class CountingExport() : RoomExport("export", [])
    {
        public int Packets { get; private set; }

        public override object Carrier => this;

        public override void Export(IncomingStream stream, ReadOnlySpan<long> packets) => Packets += packets.Length;

        public override void ExportSenderReport(IncomingStream stream)
        {
        }
    }
}
