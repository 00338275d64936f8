using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling;

/// <summary>Settings of section <c>Signalling</c>.</summary>
public sealed class SignallingOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Signalling";

    /// <summary>Name of this node where there are several; unique among them, and a part of the path that clients are sent to.</summary>
    [Required, RegularExpression("[A-Za-z0-9.-]{1,63}", ErrorMessage = "The {0} field must have 1 to 63 letters, digits, dots and dashes.")]
    public string NodeId { get; set; } = "signalling-1";

    /// <summary>
    /// Where other services reach this node by gRPC, such as <c>http://signalling-1:8081</c>; set, with <see cref="HttpAddress"/>, it announces
    /// itself to rooms, which gives rooms to the least loaded node. Empty: it is the only one, and the others know its address.
    /// </summary>
    public string ControlAddress { get; set; } = "";

    /// <summary>Where the other nodes send requests that belong to a room of this one, such as <c>http://signalling-1:8080</c>.</summary>
    public string HttpAddress { get; set; } = "";

    /// <summary>WHIP and WHEP sessions of all rooms together; a further one is answered 503.</summary>
    [Range(1, 1_000_000)]
    public int MaxSessions { get; set; } = 5000;

    /// <summary>WHIP and WHEP sessions of one room; a further one is answered 429.</summary>
    [Range(1, 1_000_000)]
    public int MaxSessionsPerRoom { get; set; } = 2000;

    /// <summary>Largest SDP offer or fragment in bytes; a longer one is answered 413.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 64 * 1024;

    /// <summary>How long a session whose peer stopped answering may come back by an ICE restart; the media server ends it by itself after <c>Sfu:SilenceTimeout</c> without a packet.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan DisconnectedGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for the media server's answer to one control call.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ControlTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause that a refused client is asked to make (<c>Retry-After</c>, whole seconds).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>STUN and TURN servers told to clients in <c>Link</c> headers (RFC 9725 §4.6).</summary>
    [ValidateEnumeratedItems]
    public IList<IceServerOptions> IceServers { get; } = [];
}

/// <summary>One STUN or TURN server.</summary>
public sealed class IceServerOptions
{
    /// <summary>URI by RFC 7064 or RFC 7065, for example <c>turn:turn.example.net?transport=udp</c>.</summary>
    [Required, RegularExpression(@"^(stuns?|turns?):[!-;=?-~]+$")]
    public string Url { get; set; } = "";

    /// <summary>User name of a TURN server; null for STUN.</summary>
    public string? Username { get; set; }

    /// <summary>Password of a TURN server; null for STUN.</summary>
    public string? Credential { get; set; }
}

/// <summary>Checks the settings at start.</summary>
[OptionsValidator]
internal sealed partial class SignallingOptionsValidator : IValidateOptions<SignallingOptions>;
