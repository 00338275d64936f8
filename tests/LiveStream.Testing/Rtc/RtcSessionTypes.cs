using LiveStream.Sfu.Dtls;
using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Testing.Rtc;

/// <summary>Where a <see cref="RtcSession"/> stands.</summary>
public enum RtcSessionState
{
    /// <summary>Has an offer and waits for the answer.</summary>
    New,

    /// <summary>ICE checks are under way.</summary>
    Checking,

    /// <summary>A pair answered; DTLS is under way.</summary>
    Handshaking,

    /// <summary>Media flows.</summary>
    Connected,

    /// <summary>Ended by a fault; <see cref="RtcSession.Failure"/> says which.</summary>
    Failed,

    /// <summary>Ended by either side.</summary>
    Closed,
}

/// <summary>Takes the datagrams that a session sends.</summary>
public interface IRtcSessionOutput
{
    /// <summary>Sends one datagram; the span is valid during the call only.</summary>
    void Send(ReadOnlySpan<byte> datagram, RemoteCandidate target);
}

/// <summary>Hears what a session receives, on the thread that drives it.</summary>
public interface IRtcObserver
{
    /// <summary>The state changed.</summary>
    void OnStateChanged(RtcSession session);

    /// <summary>
    /// A packet of a known stream, its payload still encrypted and its header not yet authenticated; true decrypts it and
    /// calls <see cref="OnRtp"/>.
    /// </summary>
    bool OnRtpHeader(RtcSession session, RtpReceiveStatistics stream, in RtpPacketView packet);

    /// <summary>A decrypted packet that <see cref="OnRtpHeader"/> wanted.</summary>
    void OnRtp(RtcSession session, RtpReceiveStatistics stream, in RtpPacketView packet, TimeSpan arrival);

    /// <summary>One packet of a decrypted compound; NACKs of own streams are answered already.</summary>
    void OnRtcp(RtcSession session, in RtcpPacketView packet);

    /// <summary>A data channel can be used, whichever side opened it.</summary>
    void OnChannelOpened(RtcSession session, string label)
    {
    }

    /// <summary>A text on a data channel, in UTF-8.</summary>
    void OnText(RtcSession session, string label, ReadOnlySpan<byte> text)
    {
    }
}

/// <summary>How a session behaves.</summary>
public sealed record RtcSessionOptions
{
    /// <summary>What is offered.</summary>
    public required RtcOfferOptions Offer { get; init; }

    /// <summary>Which candidates are used.</summary>
    public IceTransport Transport { get; init; } = IceTransport.Udp;

    /// <summary>DTLS settings, to force a profile.</summary>
    public DtlsSettings Dtls { get; init; } = DtlsSettings.Default;

    /// <summary>Time between receiver and sender reports.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between transport-wide feedback messages.</summary>
    public TimeSpan FeedbackInterval { get; init; } = TimeSpan.FromMilliseconds(100);
}
