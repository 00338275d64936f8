using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace LiveStream.Sfu;

/// <summary>Settings of the SFU, section <c>Sfu</c>.</summary>
public sealed class SfuOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Sfu";

    /// <summary>Name of this node in tracks and answers; unique among the nodes.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public string NodeId { get; set; } = "sfu-1";

    /// <summary>Address that media sockets bind: 127.0.0.1 (this machine only), 0.0.0.0, or ::, or one address of the machine.</summary>
    [Required, IpAddress]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>UDP and TCP port of the first worker; worker n uses this plus n. 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 7882;

    /// <summary>Addresses that clients reach the node by when they are not the machine's own, for example behind NAT.</summary>
    [IpAddress]
    public string[] PublicAddresses { get; set; } = [];

    /// <summary>Media threads, each with a port of its own. A room lives on one of them.</summary>
    [Range(1, 64)]
    public int Workers { get; set; } = 1;

    /// <summary>Most transports of the node; one more is refused.</summary>
    [Range(1, 100_000)]
    public int MaximumTransports { get; set; } = 5000;

    /// <summary>Time for ICE and DTLS to finish after the answer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Silence after which a client counts as disconnected.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan DisconnectedAfter { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>Silence after which a client is gone (RFC 7675 §5.1 allows up to 30 s without consent).</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:02:00")]
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The same for peers of the client protocol, who may restart ICE; longer than signalling keeps a lost one.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:10:00")]
    public TimeSpan ReconnectTimeout { get; set; } = TimeSpan.FromSeconds(75);

    /// <summary>Round trip to publishers that repeated NACKs assume; receivers cannot measure it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.005", "00:00:01")]
    public TimeSpan AssumedRoundTrip { get; set; } = TimeSpan.FromMilliseconds(60);

    /// <summary>
    /// Where other services reach this node by gRPC, such as <c>http://sfu-1:8081</c>; set, the node announces itself to signalling,
    /// which places rooms on the least loaded node. Empty: it is the only node, and the others know its address.
    /// </summary>
    public string ControlAddress { get; set; } = "";

    internal long ConnectTimeoutMicroseconds => ConnectTimeout.Ticks / TimeSpan.TicksPerMicrosecond;

    internal long DisconnectedAfterMicroseconds => DisconnectedAfter.Ticks / TimeSpan.TicksPerMicrosecond;

    internal long SilenceTimeoutMicroseconds => SilenceTimeout.Ticks / TimeSpan.TicksPerMicrosecond;

    internal long ReconnectTimeoutMicroseconds => ReconnectTimeout.Ticks / TimeSpan.TicksPerMicrosecond;

    internal long AssumedRoundTripMicroseconds => AssumedRoundTrip.Ticks / TimeSpan.TicksPerMicrosecond;
}

/// <summary>Checks the settings at start.</summary>
[OptionsValidator]
public sealed partial class SfuOptionsValidator : IValidateOptions<SfuOptions>;
