using LiveStream.Hosting.Health;

using MassTransit;

namespace LiveStream.Bus;

/// <summary>
/// Whether the broker is there. While it is not, the process does everything else: events wait in the log, and in the broker's
/// queues once it is back. So it is told, and nobody is sent away.
/// </summary>
internal sealed class BusReadiness(IBusControl bus, QueueReaders readers, EventRelay? relay = null) : IReadinessCheck
{
    public string Name => "bus";

    public bool IsRequired => false;

    public ValueTask<string?> WhyNotReadyAsync(CancellationToken cancellationToken)
    {
        // A bus without consumers does not notice that its connection is gone; the relay does.
        var isThere = bus.CheckHealth().Status == BusHealthStatus.Healthy && readers.All.All(one => one.Reader.IsReading) && relay?.IsFailing != true;
        return ValueTask.FromResult(isThere ? null : "the broker is not connected; events wait");
    }
}
