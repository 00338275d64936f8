using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;
using LiveStream.Hosting.Announcements;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.HlsPackager.Control;

/// <summary>Tells rooms that this packager lives and how full it is. While it ends its streams it still says so, and takes no more.</summary>
internal sealed class PackagerAnnouncer(
    PackagerControl control, IPackagerNodes nodes, IOptions<PackagerOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<PackagerAnnouncer> logger)
    : Announcer(time)
{
    /// <inheritdoc/>
    protected override Task AnnounceAsync(bool leaving, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var announcement = new PackagerAnnouncement
        {
            NodeId = settings.NodeId,
            ControlAddress = settings.ControlAddress,
            HttpAddress = settings.HttpAddress,
            Streams = (uint)control.Running,
            Capacity = (uint)settings.MaxStreams,
            Leaving = leaving || lifetime.ApplicationStopping.IsCancellationRequested,
        };
        return nodes.AnnounceAsync(announcement, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void OnChange(string? failure) => logger.Announced(options.Value.NodeId, failure is null, failure ?? "");
}
