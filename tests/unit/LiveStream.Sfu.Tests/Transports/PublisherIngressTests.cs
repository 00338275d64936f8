using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Srtp;
using LiveStream.Sfu.Transports;
using LiveStream.Wire.Rtp;

namespace LiveStream.Sfu.Tests.Transports;

/// <summary>Which m-line a publisher's packets belong to.</summary>
public sealed class PublisherIngressTests
{
    private const byte PayloadType = 96;
    private const uint CameraSsrc = 7, ScreenSsrc = 8;

    private readonly PublisherIngress _ingress = new(new PublisherClock());
    private readonly PublishedMedia _camera = Media("1", "cam"), _screen = Media("2", "screen");

    [Fact]
    public void CameraMayNotBePublishedAnyMore_ItsPacketsAreNotTakenForTheScreen()
    {
        _ingress.Update([_camera, _screen], default, transportFeedback: false);
        Assert.Same(_camera, Bind(CameraSsrc)!.Media);

        _ingress.Update([_screen], default, transportFeedback: false);
        // Of the same payload type, without a mid: browsers leave it out once it was acknowledged.
        Assert.Null(Bind(CameraSsrc));
        Assert.Same(_screen, Bind(ScreenSsrc)!.Media);
    }

    [Fact]
    public void TrackBeginsAnewOnItsLine_ItsPacketsAreTakenForIt()
    {
        _ingress.Update([_camera], default, transportFeedback: false);
        Bind(CameraSsrc);
        var again = Media("1", "cam");
        _ingress.Update([again], default, transportFeedback: false);
        Assert.Same(again, Bind(CameraSsrc)!.Media);
    }

    private static PublishedMedia Media(string mid, string id)
    {
        var description = new Track { TrackId = id, Kind = MediaKind.Video, Codec = new Codec { Name = "VP8", ClockRate = 90_000 } };
        var format = new PublishFormat(mid, description, PayloadType, null, [], [], HasNack: true, HasPli: true, HasFir: false);
        return new PublishedMedia(format, new PublishedTrack(description, [("", 1)], new PublisherClock()));
    }

    private IncomingSource? Bind(uint ssrc)
    {
        byte[] packet = [0x80, PayloadType, 0, 1, 0, 0, 0, 0, 0, 0, 0, (byte)ssrc, 0x10, 0, 0, 0];
        Assert.Equal(RtpError.None, RtpPacketView.TryParse(packet, out var view));
        return _ingress.Bind(view, default(SrtpReceiveState));
    }
}
