namespace LiveStream.Wire.Sdp;

/// <summary>Who opens the DTLS connection (RFC 4145 §4, RFC 5763 §5).</summary>
public enum SetupRole
{
    /// <summary>Either side; for offers.</summary>
    ActPass,

    /// <summary>This side, as DTLS client.</summary>
    Active,

    /// <summary>The other side; this one is the DTLS server.</summary>
    Passive,

    /// <summary>Nobody for now.</summary>
    HoldConn,
}

/// <summary>Direction of media as its describer sees it (RFC 8866 §6.7).</summary>
public enum MediaDirection
{
    /// <summary>Both ways; the default.</summary>
    SendRecv,

    /// <summary>The describer sends.</summary>
    SendOnly,

    /// <summary>The describer receives.</summary>
    RecvOnly,

    /// <summary>Neither.</summary>
    Inactive,
}

/// <summary>Wire names of the enumerations.</summary>
public static class SdpNames
{
    /// <summary>The value of <c>a=setup</c>.</summary>
    public static string Of(SetupRole role) => role switch
    {
        SetupRole.ActPass => "actpass",
        SetupRole.Active => "active",
        SetupRole.Passive => "passive",
        _ => "holdconn",
    };

    /// <summary>The attribute that states the direction.</summary>
    public static string Of(MediaDirection direction) => direction switch
    {
        MediaDirection.SendRecv => "sendrecv",
        MediaDirection.SendOnly => "sendonly",
        MediaDirection.RecvOnly => "recvonly",
        _ => "inactive",
    };

    /// <summary>The direction as the other side describes it.</summary>
    public static MediaDirection Reverse(this MediaDirection direction) => direction switch
    {
        MediaDirection.SendOnly => MediaDirection.RecvOnly,
        MediaDirection.RecvOnly => MediaDirection.SendOnly,
        _ => direction,
    };

    /// <summary>Whether the describer sends.</summary>
    public static bool Sends(this MediaDirection direction) => direction is MediaDirection.SendRecv or MediaDirection.SendOnly;

    /// <summary>Whether the describer receives.</summary>
    public static bool Receives(this MediaDirection direction) => direction is MediaDirection.SendRecv or MediaDirection.RecvOnly;

    internal static SetupRole? ParseSetup(string? value) => value switch
    {
        "actpass" => SetupRole.ActPass,
        "active" => SetupRole.Active,
        "passive" => SetupRole.Passive,
        "holdconn" => SetupRole.HoldConn,
        _ => null,
    };

    internal static MediaDirection? ParseDirection(string name) => name switch
    {
        "sendrecv" => MediaDirection.SendRecv,
        "sendonly" => MediaDirection.SendOnly,
        "recvonly" => MediaDirection.RecvOnly,
        "inactive" => MediaDirection.Inactive,
        _ => null,
    };
}
