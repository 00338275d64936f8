using System.Runtime.CompilerServices;

using LiveStream.Hosting.Health;
using LiveStream.Rpc.Health.V1;

using Microsoft.Extensions.Hosting;

namespace LiveStream.Rpc.Server;

/// <summary>
/// <c>grpc.health.v1.Health</c>: every service of the process is as ready as <c>/readyz</c> says the process is. Open to
/// everybody, since the probes of orchestrators send no token.
/// </summary>
internal sealed class HealthService(RpcServer server, IEnumerable<IReadinessCheck> checks, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan s_watchInterval = TimeSpan.FromSeconds(1);

    public RpcServiceDefinition Define() => new RpcServiceDefinition(HealthReflection.Descriptor.Services[0]) { Open = true }
        .Unary<HealthCheckRequest, HealthCheckResponse>("Check", CheckAsync)
        .ServerStreaming<HealthCheckRequest, HealthCheckResponse>("Watch", WatchAsync);

    private async Task<HealthCheckResponse> CheckAsync(HealthCheckRequest request, CancellationToken cancellationToken) => IsKnown(request.Service)
        ? new HealthCheckResponse { Status = await StatusAsync(cancellationToken) }
        : throw new RpcException(RpcStatusCode.NotFound, "no such service");

    private async IAsyncEnumerable<HealthCheckResponse> WatchAsync(HealthCheckRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var told = HealthCheckResponse.Types.ServingStatus.Unknown;
        using var ticks = new PeriodicTimer(s_watchInterval, time);
        do
        {
            var now = IsKnown(request.Service) ? await StatusAsync(cancellationToken) : HealthCheckResponse.Types.ServingStatus.ServiceUnknown;
            if (now == told) continue;
            told = now;
            yield return new HealthCheckResponse { Status = now };
        }
        while (await ticks.WaitForNextTickAsync(cancellationToken));
    }

    private bool IsKnown(string service) => service.Length == 0 || server.Services.Any(known => known.Descriptor.FullName == service);

    private async Task<HealthCheckResponse.Types.ServingStatus> StatusAsync(CancellationToken cancellationToken)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) return HealthCheckResponse.Types.ServingStatus.NotServing;
        foreach (var check in checks)
        {
            if (await check.WhyNotReadyAsync(cancellationToken) is not null) return HealthCheckResponse.Types.ServingStatus.NotServing;
        }

        return HealthCheckResponse.Types.ServingStatus.Serving;
    }
}
