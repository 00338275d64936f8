using System.ComponentModel.DataAnnotations;

using Microsoft.Extensions.Options;

namespace LiveStream.Hosting;

/// <summary>Section <c>Http</c>: where the process listens for HTTP, and what it accepts.</summary>
public sealed class HttpOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Http";

    /// <summary>IP address to listen on; <c>0.0.0.0</c> or <c>::</c> for every one.</summary>
    [Required]
    [IPAddress]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>TCP port; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 8080;

    /// <summary>Largest request body in bytes; endpoints may set a smaller limit of their own.</summary>
    [Range(1024, 1L << 30)]
    public long MaxRequestBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>How long requests and background work may take to end after SIGTERM.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>Serves <c>GET /metrics</c>; turn off where the port is public and metrics are not.</summary>
    public bool ExposeMetrics { get; set; } = true;
}

/// <summary>Checks <see cref="HttpOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class HttpOptionsValidator : IValidateOptions<HttpOptions>;
