using Grpc.Core;
using Grpc.Health.V1;

using LiveStream.Hosting.Health;

using Microsoft.Extensions.Hosting;

using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace LiveStream.Rpc.Server;

/// <summary>
/// <c>grpc.health.v1.Health</c>: every service of the process is as ready as <c>/readyz</c> says the process is. Open to
/// everybody, since the probes of orchestrators send no token.
/// </summary>
internal sealed class HealthService(ServedContracts served, IEnumerable<IReadinessCheck> checks, IHostApplicationLifetime lifetime, TimeProvider time)
    : Health.HealthBase
{
    private static readonly TimeSpan s_watchInterval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) => IsKnown(request.Service)
        ? new HealthCheckResponse { Status = await StatusAsync(context.CancellationToken) }
        : throw new RpcException(new Status(StatusCode.NotFound, "no such service"));

    /// <inheritdoc/>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        var told = ServingStatus.Unknown;
        using var ticks = new PeriodicTimer(s_watchInterval, time);
        do
        {
            var now = IsKnown(request.Service) ? await StatusAsync(ending.Token) : ServingStatus.ServiceUnknown;
            if (now == told) continue;
            told = now;
            await responseStream.WriteAsync(new HealthCheckResponse { Status = now }, ending.Token);
        }
        while (await ticks.WaitForNextTickAsync(ending.Token));
    }

    private bool IsKnown(string service) => service.Length == 0 || served.Services.Any(known => known.FullName == service);

    private async Task<ServingStatus> StatusAsync(CancellationToken cancellationToken)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) return ServingStatus.NotServing;
        foreach (var check in checks)
        {
            if (await check.WhyNotReadyAsync(cancellationToken) is not null) return ServingStatus.NotServing;
        }

        return ServingStatus.Serving;
    }
}
