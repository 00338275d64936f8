using System.ComponentModel.DataAnnotations;

using Microsoft.Extensions.Options;

namespace LiveStream.Hosting.Telemetry;

/// <summary>Section <c>Telemetry</c>: traces and metrics to a collector, and the form of logs.</summary>
public sealed class TelemetryOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Telemetry";

    /// <summary>OTLP over gRPC, such as <c>http://collector:4317</c>; empty for none: nothing is sent anywhere then.</summary>
    [RegularExpression("(https?://.+)?", ErrorMessage = "Endpoint: an address such as http://collector:4317 is wanted, or nothing.")]
    public string Endpoint { get; set; } = "";

    /// <summary>Part of the requests whose traces are kept, where the caller has not decided.</summary>
    [Range(0.0, 1.0)]
    public double TraceRatio { get; set; } = 1;

    /// <summary>How often metrics are sent.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MetricsInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Name of this process in traces and metrics; the program's own where empty.</summary>
    public string ServiceName { get; set; } = "";

    /// <summary>Logs as one JSON object per line, with scopes and the ids of traces.</summary>
    public bool JsonLogs { get; set; }
}

/// <summary>Checks <see cref="TelemetryOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>;
