namespace LiveStream.Wire.Sdp;

/// <summary>Media section (RFC 8866 §5.14), as far as WebRTC uses it.</summary>
public sealed partial class MediaDescription : SdpSection
{
    /// <summary><c>audio</c>, <c>video</c> or <c>application</c>.</summary>
    public string Kind { get; set; } = "";

    /// <summary>The port, 9 when ICE finds it, 0 for a section that is refused or over.</summary>
    public int Port { get; set; } = 9;

    /// <summary>The protocol, such as <c>UDP/TLS/RTP/SAVPF</c>.</summary>
    public string Protocol { get; set; } = "UDP/TLS/RTP/SAVPF";

    /// <summary>Payload types by preference, or what the protocol has in their place.</summary>
    public List<string> Formats { get; } = [];

    /// <summary><c>a=mid</c> (RFC 5888 §4).</summary>
    public string? Mid
    {
        get => Value("mid");
        set => SetOrRemove("mid", value);
    }

    /// <summary><c>a=rtcp-mux</c> (RFC 5761 §5.1.1).</summary>
    public bool RtcpMux
    {
        get => Has("rtcp-mux");
        set => SetFlag("rtcp-mux", value);
    }

    /// <summary><c>a=rtcp-rsize</c>: RTCP of reduced size (RFC 5506 §5).</summary>
    public bool RtcpReducedSize
    {
        get => Has("rtcp-rsize");
        set => SetFlag("rtcp-rsize", value);
    }

    /// <summary><c>a=bundle-only</c> (RFC 9143 §6): a port of 0 refuses nothing then.</summary>
    public bool BundleOnly
    {
        get => Has("bundle-only");
        set => SetFlag("bundle-only", value);
    }

    /// <summary><c>a=sctp-port</c> (RFC 8841 §5); null when absent or malformed.</summary>
    public int? SctpPort
    {
        get => SdpText.TryNumber(Value("sctp-port"), ushort.MaxValue, out var port) ? port : null;
        set => SetOrRemove("sctp-port", value?.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
