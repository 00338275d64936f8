using System.Security.Cryptography;

using LiveStream.Objects;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Storage.Mappings;
using LiveStream.Storage.Sealing;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Recordings;

/// <summary>
/// Links to objects of the store: its own where it serves some, else this server's. The secret that signs links is made once and kept in
/// the database, so that each process of the service opens the links of the others.
/// </summary>
internal sealed class ObjectLinks(RoomsDatabase database, IObjectStore store, SecretSeal<RoomsOptions> seal, TimeProvider time, IOptions<RoomsOptions> options)
{
    /// <summary>Where objects are served.</summary>
    public const string Prefix = "/v2/objects";

    private const string SecretName = "object-links";
    private const int SecretBytes = 32;

    private volatile byte[]? _secret;

    /// <summary>A link to an asset that is good for that long. An HLS recording's opens its segments too.</summary>
    public async Task<string> LinkAsync(RecordingAsset asset, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var key = asset.ObjectKey;
        var depth = ObjectKey.DepthOf(key);
        var isTree = asset.Type == AssetTypes.RoomVod && key.EndsWith(".m3u8", StringComparison.Ordinal) && depth > 1;
        // A store's link opens one object; a playlist's segments are found beside it, so that link is this server's.
        if (isTree) depth--;
        else if (await store.PresignAsync(key, lifetime, cancellationToken) is { } link) return link;
        var secret = await SecretAsync(cancellationToken);
        return $"{options.Value.PublicUrl}{Prefix}/{SignedUrls.Sign(secret, key, depth, time.GetUtcNow() + lifetime)}";
    }

    /// <summary>Whether a link opens the object.</summary>
    public async Task<LinkError> CheckAsync(string ticket, string key, CancellationToken cancellationToken) =>
        SignedUrls.Check(await SecretAsync(cancellationToken), ticket, key, time.GetUtcNow());

    private async ValueTask<byte[]> SecretAsync(CancellationToken cancellationToken) => _secret ??= await database.WriteAsync(
        async write =>
        {
            if (await write.Db.Set<ServerSecret>().SingleOrDefaultAsync(s => s.Name == SecretName, cancellationToken) is { } found)
                return seal.Open(found.SealedSecret, ServerSecret.OwnerOf(SecretName));
            var made = RandomNumberGenerator.GetBytes(SecretBytes);
            write.Db.Add(new ServerSecret(SecretName, seal.Seal(made, ServerSecret.OwnerOf(SecretName)), write.Now));
            return made;
        },
        cancellationToken);
}
