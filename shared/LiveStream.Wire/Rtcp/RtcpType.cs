namespace LiveStream.Wire.Rtcp;

/// <summary>RTCP packet types (IANA "RTCP Control Packet Types").</summary>
public enum RtcpType : byte
{
    /// <summary>Not an RTCP packet.</summary>
    None = 0,

    /// <summary>SR, RFC 3550 §6.4.1.</summary>
    SenderReport = 200,

    /// <summary>RR, RFC 3550 §6.4.2.</summary>
    ReceiverReport = 201,

    /// <summary>SDES, RFC 3550 §6.5.</summary>
    SourceDescription = 202,

    /// <summary>BYE, RFC 3550 §6.6.</summary>
    Bye = 203,

    /// <summary>APP, RFC 3550 §6.7.</summary>
    ApplicationDefined = 204,

    /// <summary>RTPFB, RFC 4585 §6.2.</summary>
    TransportLayerFeedback = 205,

    /// <summary>PSFB, RFC 4585 §6.3.</summary>
    PayloadSpecificFeedback = 206,

    /// <summary>XR, RFC 3611 §2.</summary>
    ExtendedReport = 207,
}

/// <summary>Feedback message types: the FMT field, in <see cref="RtcpPacketView.Count"/>.</summary>
public static class RtcpFeedbackFormat
{
    /// <summary>RTPFB 1: generic NACK (RFC 4585 §6.2.1).</summary>
    public const byte GenericNack = 1;

    /// <summary>RTPFB 15: transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).</summary>
    public const byte TransportFeedback = 15;

    /// <summary>PSFB 1: picture loss indication (RFC 4585 §6.3.1).</summary>
    public const byte PictureLossIndication = 1;

    /// <summary>PSFB 4: full intra request (RFC 5104 §4.3.1).</summary>
    public const byte FullIntraRequest = 4;

    /// <summary>PSFB 15: application layer feedback, REMB among it (RFC 4585 §6.4).</summary>
    public const byte ApplicationLayer = 15;
}
