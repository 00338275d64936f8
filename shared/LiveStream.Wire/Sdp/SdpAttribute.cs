namespace LiveStream.Wire.Sdp;

/// <summary>An attribute line, <c>a=name</c> or <c>a=name:value</c> (RFC 8866 §5.13).</summary>
/// <param name="Name">Compared with case, as the RFC does.</param>
/// <param name="Value">What follows the first colon, perhaps empty; null without a colon.</param>
public sealed record SdpAttribute(string Name, string? Value)
{
    /// <summary>The line without its <c>a=</c>.</summary>
    public override string ToString() => Value is null ? Name : $"{Name}:{Value}";
}
