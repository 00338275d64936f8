using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;
using LiveStream.Wire.Sdp;

namespace LiveStream.Conformance.Tests;

/// <summary>Constants against the IANA registries "Real-Time Transport Protocol (RTP) Parameters" and "SDP Parameters".</summary>
public class IanaRtpRegistries
{
    [Theory]
    [InlineData(200, RtcpType.SenderReport)]
    [InlineData(201, RtcpType.ReceiverReport)]
    [InlineData(202, RtcpType.SourceDescription)]
    [InlineData(203, RtcpType.Bye)]
    [InlineData(204, RtcpType.ApplicationDefined)]
    [InlineData(205, RtcpType.TransportLayerFeedback)]
    [InlineData(206, RtcpType.PayloadSpecificFeedback)]
    [InlineData(207, RtcpType.ExtendedReport)]
    public void RtcpControlPacketTypes_HaveTheirRegisteredValues(byte value, RtcpType type) => Assert.Equal((RtcpType)value, type);

    [Fact]
    public void FeedbackFormats_HaveTheirRegisteredValues()
    {
        // "FMT Values for RTPFB Payload Types" and "… for PSFB Payload Types".
        Assert.Equal(1, RtcpFeedbackFormat.GenericNack);
        Assert.Equal(15, RtcpFeedbackFormat.TransportFeedback);
        Assert.Equal(1, RtcpFeedbackFormat.PictureLossIndication);
        Assert.Equal(4, RtcpFeedbackFormat.FullIntraRequest);
        Assert.Equal(15, RtcpFeedbackFormat.ApplicationLayer);
        // "RTP SDES Item Types".
        Assert.Equal(1, SourceDescription.CnameItem);
    }

    [Fact]
    public void HeaderExtensions_HaveTheirRegisteredUris()
    {
        // "RTP SDES Compact Header Extensions" and "RTP Compact Header Extensions".
        Assert.Equal("urn:ietf:params:rtp-hdrext:sdes:mid", HeaderExtensionUris.Mid);
        Assert.Equal("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", HeaderExtensionUris.RtpStreamId);
        Assert.Equal("urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", HeaderExtensionUris.RepairedRtpStreamId);
        Assert.Equal("urn:ietf:params:rtp-hdrext:ssrc-audio-level", HeaderExtensionUris.AudioLevel);
        Assert.Equal("urn:3gpp:video-orientation", HeaderExtensionUris.VideoOrientation);
    }

    [Theory]
    [InlineData(SetupRole.Active, "active")]
    [InlineData(SetupRole.Passive, "passive")]
    [InlineData(SetupRole.ActPass, "actpass")]
    [InlineData(SetupRole.HoldConn, "holdconn")]
    public void SetupRoles_HaveTheirNames(SetupRole role, string name) => Assert.Equal(name, SdpNames.Of(role));
}
