namespace LiveStream.Wire.Sdp;

public sealed partial class MediaDescription
{
    /// <summary>The well-formed <c>a=rid</c> (RFC 8851 §4).</summary>
    public IReadOnlyList<RidDescription> Rids => SdpText.ParseAll<RidDescription>(Values("rid"), RidDescription.TryParse);

    /// <summary><c>a=simulcast</c> (RFC 8853 §5.1); null when absent or malformed.</summary>
    public SimulcastDescription? Simulcast
    {
        get => SimulcastDescription.TryParse(Value("simulcast") ?? "", out var simulcast) ? simulcast : null;
        set => SetOrRemove("simulcast", value?.ToString());
    }

    /// <summary>The well-formed <c>a=ssrc</c> (RFC 5576 §4.1) in their order.</summary>
    public IReadOnlyList<SsrcAttribute> SsrcAttributes =>
        SdpText.ParseAll<SsrcAttribute>(Values("ssrc"), SsrcAttribute.TryParse);

    /// <summary>The sources named by <c>a=ssrc</c>, each once, in their order.</summary>
    public IReadOnlyList<uint> Ssrcs => [.. SsrcAttributes.Select(a => a.Ssrc).Distinct()];

    /// <summary>The well-formed <c>a=ssrc-group</c> (RFC 5576 §4.2).</summary>
    public IReadOnlyList<SsrcGroup> SsrcGroups => SdpText.ParseAll<SsrcGroup>(Values("ssrc-group"), SsrcGroup.TryParse);

    /// <summary>The first well-formed <c>a=msid</c> (RFC 8830 §2).</summary>
    public Msid? Msid => Msids.Count > 0 ? Msids[0] : null;

    /// <summary>The well-formed <c>a=msid</c>: one for each stream that the track belongs to.</summary>
    public IReadOnlyList<Msid> Msids => SdpText.ParseAll<Msid>(Values("msid"), Sdp.Msid.TryParse);
}
