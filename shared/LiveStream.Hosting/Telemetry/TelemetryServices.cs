using System.Globalization;
using System.Reflection;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Hosting.Telemetry;

/// <summary>Registers what tells of this process elsewhere.</summary>
internal static class TelemetryServices
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();
        // A line of a log leads to its trace, and the other way round.
        builder.Logging.Configure(factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        builder.Services.AddHostedService<TelemetryExport>();
    }

    /// <summary>Name of the process: <c>rooms</c> of <c>LiveStream.Rooms</c>.</summary>
    public static string DefaultName
    {
        get
        {
            var name = Assembly.GetEntryAssembly()?.GetName().Name ?? "LiveStream";
            return string.Create(CultureInfo.InvariantCulture, $"livestream.{name[(name.LastIndexOf('.') + 1)..]}").ToLowerInvariant();
        }
    }
}
