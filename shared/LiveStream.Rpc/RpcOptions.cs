using System.ComponentModel.DataAnnotations;

using LiveStream.Hosting;

using Microsoft.Extensions.Options;

namespace LiveStream.Rpc;

/// <summary>Section <c>Rpc</c>: gRPC between the services, where each is a process of its own.</summary>
public sealed class RpcOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Rpc";

    /// <summary>IP address to serve the other services on. The port speaks HTTP/2 without TLS: keep it in a private network.</summary>
    [Required]
    [IPAddress]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>TCP port of gRPC alone; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 8081;

    /// <summary>Shared by all services, 16 characters or more; without it no call is answered. Keep it in the environment.</summary>
    public string Token { get; set; } = "";

    /// <summary>Largest message in bytes, sent or received. The largest there is: the people of a large room with what they say of themselves.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Calls that one connection carries at once, watches included; the client opens more connections for more.</summary>
    [Range(10, 100_000)]
    public int MaxCallsPerConnection { get; set; } = 1000;

    /// <summary>Longest wait for the reply of one call, retries included.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for a connection.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Silence after which a connection is probed, and how long the other side may take to answer; then it is lost.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan KeepAliveDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>See <see cref="KeepAliveDelay"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Tries of a call that may be repeated, the first one included.</summary>
    [Range(1, 10)]
    public int Attempts { get; set; } = 5;

    /// <summary>Longest pause before the second try; each further one may be twice as long, up to <see cref="LongestRetry"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>See <see cref="FirstRetry"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromSeconds(1);
}

/// <summary>Checks <see cref="RpcOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class RpcOptionsValidator : IValidateOptions<RpcOptions>;
