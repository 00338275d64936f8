using LiveStream.Objects;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Recordings;

/// <summary>Which assets a list shows; null for no filter.</summary>
internal sealed record AssetFilter(string? RoomId, string? SessionId, string? Status, string? Type);

/// <summary>Keeps the rows of recording assets. Whoever makes the files adds them.</summary>
internal sealed class AssetStore(RoomsDatabase database)
{
    /// <summary>Files shown of one stream or recording.</summary>
    public const int MaxOfJob = 100;

    /// <summary>Adds an asset. Fails with <see cref="ArgumentException"/> for a key, type or state that is none.</summary>
    public Task AddAsync(RecordingAsset asset, CancellationToken cancellationToken)
    {
        if (!ObjectKey.IsValid(asset.ObjectKey)) throw new ArgumentException("not an object key", nameof(asset));
        if (!AssetTypes.All.Contains(asset.Type)) throw new ArgumentException("not a type of asset", nameof(asset));
        if (!AssetStatuses.All.Contains(asset.Status)) throw new ArgumentException("not a state of an asset", nameof(asset));
        return database.WriteAsync(
            write =>
            {
                write.Db.Add(asset);
                return Task.FromResult(true);
            },
            cancellationToken);
    }

    public async Task<RecordingAsset?> FindAsync(string customerId, string? assetId, CancellationToken cancellationToken)
    {
        if (!ObjectId.IsValid(assetId)) return null;
        return await database.ReadAsync(
            db => db.RecordingAssets.SingleOrDefaultAsync(a => a.Id == assetId && a.CustomerId == customerId, cancellationToken), cancellationToken);
    }

    /// <summary>The files of a live stream or recording, oldest first.</summary>
    public Task<List<RecordingAsset>> ListOfJobAsync(string customerId, string jobId, CancellationToken cancellationToken) => database.ReadAsync(
        db => db.RecordingAssets.Where(a => a.JobId == jobId && a.CustomerId == customerId).OrderBy(a => a.Id).Take(MaxOfJob).ToListAsync(cancellationToken),
        cancellationToken);

    /// <summary>Assets with an id below <paramref name="start"/>, newest first.</summary>
    public Task<List<RecordingAsset>> ListAsync(string customerId, AssetFilter filter, string? start, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            db =>
            {
                var assets = db.RecordingAssets.Where(a => a.CustomerId == customerId);
                if (filter.RoomId is { } roomId) assets = assets.Where(a => a.RoomId == roomId);
                if (filter.SessionId is { } sessionId) assets = assets.Where(a => a.SessionId == sessionId);
                if (filter.Status is { } status) assets = assets.Where(a => a.Status == status);
                if (filter.Type is { } type) assets = assets.Where(a => a.Type == type);
                if (start is not null) assets = assets.Where(a => string.Compare(a.Id, start) < 0);
                return assets.OrderByDescending(a => a.Id).Take(limit).ToListAsync(cancellationToken);
            },
            cancellationToken);
}
