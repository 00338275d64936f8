using System.Security.Cryptography;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Storage.Mappings;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Recordings;

/// <summary>
/// The objects in the data folder's <c>recordings</c>, and links to them. The secret that signs links is made once and kept in
/// the database, so that each process of the service opens the links of the others.
/// </summary>
internal sealed class ObjectLinks(RoomsDatabase database, TimeProvider time, IOptions<RoomsOptions> options)
{
    /// <summary>Where objects are served.</summary>
    public const string Prefix = "/v2/objects";

    /// <summary>Begins an asset's path, before its key.</summary>
    public const string PathScheme = "folder://recordings/";

    private const string SecretName = "object-links";
    private const int SecretBytes = 32;

    private volatile byte[]? _secret;

    private string Folder => Path.Combine(Path.GetFullPath(options.Value.DataDirectory), "recordings");

    /// <summary>A link to an asset that is good for that long. An HLS recording's opens its segments too.</summary>
    public async Task<string> LinkAsync(RecordingAsset asset, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var key = asset.ObjectKey;
        var depth = ObjectKey.DepthOf(key);
        if (asset.Type == AssetTypes.RoomVod && key.EndsWith(".m3u8", StringComparison.Ordinal) && depth > 1) depth--;
        var secret = await SecretAsync(cancellationToken);
        return $"{options.Value.PublicUrl}{Prefix}/{SignedUrls.Sign(secret, key, depth, time.GetUtcNow() + lifetime)}";
    }

    /// <summary>Whether a link opens the object.</summary>
    public async Task<LinkError> CheckAsync(string ticket, string key, CancellationToken cancellationToken) =>
        SignedUrls.Check(await SecretAsync(cancellationToken), ticket, key, time.GetUtcNow());

    /// <summary>The object's file; null where there is none. The key is valid.</summary>
    public FileInfo? Find(string key)
    {
        var file = new FileInfo(Path.Combine(Folder, key));
        return file.Exists && file.LinkTarget is null ? file : null;
    }

    private async ValueTask<byte[]> SecretAsync(CancellationToken cancellationToken) => _secret ??= await database.WriteAsync(
        async write =>
        {
            if (await write.Db.Set<ServerSecret>().SingleOrDefaultAsync(s => s.Name == SecretName, cancellationToken) is { } found) return found.Secret;
            var made = new ServerSecret(SecretName, RandomNumberGenerator.GetBytes(SecretBytes), write.Now);
            write.Db.Add(made);
            return made.Secret;
        },
        cancellationToken);
}
