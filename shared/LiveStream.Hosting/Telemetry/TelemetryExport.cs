using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LiveStream.Hosting.Telemetry;

/// <summary>
/// Sends traces and metrics by OTLP where an endpoint is named. Sources and meters are those of ASP.NET Core, of
/// <c>HttpClient</c>, of gRPC, and all whose name begins with <c>LiveStream.</c>.
/// </summary>
internal sealed class TelemetryExport(IOptions<TelemetryOptions> options) : IHostedService, IDisposable
{
    // A collector that is away must not hold up the end of the process.
    private const int FlushMilliseconds = 1000;

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = options.Value;
        if (settings.Endpoint.Length == 0) return Task.CompletedTask;
        var name = settings.ServiceName.Length > 0 ? settings.ServiceName : TelemetryServices.DefaultName;
        var resource = ResourceBuilder.CreateDefault().AddService(name, serviceInstanceId: Environment.MachineName);
        var endpoint = new Uri(settings.Endpoint);
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.TraceRatio)))
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Grpc.Net.Client", "LiveStream.*")
            .AddOtlpExporter(exporter => exporter.Endpoint = endpoint)
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter("Microsoft.AspNetCore.*", "System.Runtime", "LiveStream.*")
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Endpoint = endpoint;
                reader.PeriodicExportingMetricReaderOptions = new PeriodicExportingMetricReaderOptions
                {
                    ExportIntervalMilliseconds = (int)settings.MetricsInterval.TotalMilliseconds,
                };
            })
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            _traces?.Shutdown(FlushMilliseconds);
            _metrics?.Shutdown(FlushMilliseconds);
        },
        CancellationToken.None);

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }
}
