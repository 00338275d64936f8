using LiveStream.Hosting.Health;

using MassTransit;

namespace LiveStream.Bus;

/// <summary>
/// Whether the broker is there. While it is not, the process does everything else: events wait in the log, and in the broker's
/// queues once it is back. So it is told, and nobody is sent away.
/// </summary>
internal sealed class BusReadiness(IBusControl bus) : IReadinessCheck
{
    public string Name => "bus";

    public bool IsRequired => false;

    public ValueTask<string?> WhyNotReadyAsync(CancellationToken cancellationToken)
    {
        var health = bus.CheckHealth();
        return ValueTask.FromResult(health.Status == BusHealthStatus.Healthy ? null : "the broker is not connected; events wait");
    }
}
