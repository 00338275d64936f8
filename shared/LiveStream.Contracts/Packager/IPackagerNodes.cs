using LiveStream.Contracts.Packager.V1;

namespace LiveStream.Contracts.Packager;

/// <summary>The <c>PackagerNodes</c> service of <c>Protos/packager_nodes.proto</c>: which packagers there are, and which one has a room's stream.</summary>
public interface IPackagerNodes
{
    /// <summary>A packager lives, and how full it is. Fails with <see cref="ControlException"/> (InvalidArgument).</summary>
    Task<PackagerAnnounced> AnnounceAsync(PackagerAnnouncement request, CancellationToken cancellationToken);

    /// <summary>The packager of the room's stream. Fails with <see cref="ControlException"/>: NotFound (there is none), Unavailable (it was lost, and goes on soon).</summary>
    Task<PackagerLocation> LocateAsync(LocateStreamRequest request, CancellationToken cancellationToken);
}

/// <summary>Makes the caller of one packager; callers of one address share their connections.</summary>
/// <param name="controlAddress">As the packager announced it.</param>
public delegate IPackagerControl PackagerCaller(string controlAddress);
