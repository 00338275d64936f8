using System.Text;

namespace LiveStream.Wire.Sdp;

/// <summary>Session description (RFC 8866), as far as WebRTC uses it.</summary>
/// <remarks>
/// Session lines that offer and answer have no use for (<c>i= u= e= p= r= z= k=</c>) are read over and not kept.
/// </remarks>
public sealed class SessionDescription : SdpSection
{
    /// <summary>The value of <c>o=</c>: user, session id, session version, network type, address type, address.</summary>
    public string Origin { get; set; } = "- 0 0 IN IP4 127.0.0.1";

    /// <summary>The value of <c>s=</c>.</summary>
    public string SessionName { get; set; } = "-";

    /// <summary>The value of the first <c>t=</c>.</summary>
    public string Timing { get; set; } = "0 0";

    /// <summary>The media sections in their order, which offer and answer share.</summary>
    public List<MediaDescription> Media { get; } = [];

    /// <summary>Reads a description; never throws, whatever the text.</summary>
    /// <param name="text">Lines that end in CRLF or LF.</param>
    /// <param name="session">The description, empty on error.</param>
    /// <param name="error">What is wrong and in which line, empty on success.</param>
    public static bool TryParse(string text, out SessionDescription session, out string error)
    {
        var reason = SdpParser.Parse(text, out session, out var line);
        error = reason == SdpError.None ? "" : $"SDP line {line}: {reason}";
        return reason == SdpError.None;
    }

    /// <summary>Reads a description; never throws, whatever the text.</summary>
    public static SdpError TryParse(string text, out SessionDescription session) =>
        SdpParser.Parse(text, out session, out _);

    /// <summary>The attribute of the media section, or else of the session.</summary>
    public SdpAttribute? Find(MediaDescription media, string name) => media.Find(name) ?? Find(name);

    /// <summary>The ICE user name fragment that holds for the section.</summary>
    public string? FindIceUfrag(MediaDescription media) => media.IceUfrag ?? IceUfrag;

    /// <summary>The ICE password that holds for the section.</summary>
    public string? FindIcePwd(MediaDescription media) => media.IcePwd ?? IcePwd;

    /// <summary>The certificate fingerprint that holds for the section.</summary>
    public Fingerprint? FindFingerprint(MediaDescription media) => media.Fingerprint ?? Fingerprint;

    /// <summary>The DTLS role that holds for the section.</summary>
    public SetupRole? FindSetup(MediaDescription media) => media.Setup ?? Setup;

    /// <summary>The direction that holds for the section, by default both ways.</summary>
    public MediaDirection FindDirection(MediaDescription media) => media.Direction ?? Direction ?? MediaDirection.SendRecv;

    /// <summary>The section with that <c>a=mid</c>.</summary>
    public MediaDescription? FindMedia(string mid) => Media.Find(m => m.Mid == mid);

    /// <summary>The mids of the first <c>a=group:BUNDLE</c> (RFC 9143 §7), empty without one.</summary>
    public IReadOnlyList<string> BundleGroup
    {
        get
        {
            foreach (var group in Values("group"))
            {
                var words = SdpText.Words(group);
                if (words is ["BUNDLE", ..]) return words[1..];
            }

            return [];
        }
    }

    /// <summary><c>a=ice-lite</c> (RFC 8839 §5.3).</summary>
    public bool IceLite
    {
        get => Has("ice-lite");
        set => SetFlag("ice-lite", value);
    }

    /// <summary>The description with CRLF line ends.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(1024);
        Write(text);
        return text.ToString();
    }

    /// <summary>Appends the description with CRLF line ends. Line breaks and nulls inside values are left out.</summary>
    public void Write(StringBuilder text) => SdpWriter.Write(text, this);
}
