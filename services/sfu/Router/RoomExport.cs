namespace LiveStream.Sfu.Router;

/// <summary>A packager that takes a room's tracks, of the roles it asked for.</summary>
internal abstract class RoomExport(string exportId, IReadOnlyCollection<string> fromRoles) : ITrackExport
{
    public string ExportId { get; } = exportId;

    /// <summary>What it sends by; only compared.</summary>
    public abstract object Carrier { get; }

    /// <summary>True for tracks of the roles asked for; no roles means all.</summary>
    public bool Wants(PublishedTrack track) => fromRoles.Count == 0 || fromRoles.Contains(track.Description.Role);

    /// <inheritdoc/>
    public abstract void Export(IncomingStream stream, ReadOnlySpan<long> packets);

    /// <inheritdoc/>
    public abstract void ExportSenderReport(IncomingStream stream);
}
