using LiveStream.Contracts.Events.V1;
using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Tokens;
using LiveStream.Storage.Sealing;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Setup;

/// <summary>
/// Rotates keys: a new one is added and handed to the workspace's servers, both work meanwhile, then the old one is retired.
/// Fails with <see cref="ApiException"/>: 404 for a key or workspace that is not there, 409 where the rule of one to two valid keys
/// would be broken.
/// </summary>
internal sealed class WorkspaceKeys(RoomsDatabase database, CheckedTokens known, SecretSeal<RoomsOptions> seal)
{
    /// <summary>Adds a key. Room codes are answered with its tokens from now on.</summary>
    public Task<WorkspaceKey> AddAsync(string customerId, CancellationToken cancellationToken) => database.WriteAsync(
        async session =>
        {
            var valid = await ValidAsync(session, customerId, cancellationToken);
            if (valid.Count >= WorkspaceKey.MaximumValid) throw new ApiException(409, $"workspace has {WorkspaceKey.MaximumValid} valid keys already");
            // The newest key signs, so it is the newest even where the clock stepped back.
            var newest = valid.Select(key => key.CreatedAt).DefaultIfEmpty().Max();
            var key = WorkspaceKey.Create(customerId, session.Now > newest ? session.Now : newest.AddMilliseconds(1)).Seal(seal);
            session.Db.Add(key);
            session.Publish(new WorkspaceKeyChanged(customerId, key.AccessKey, Valid: true, session.Now));
            return key;
        },
        cancellationToken);

    /// <summary>Ends a key: its tokens are refused from now on, in other processes after a few seconds. The last valid key of a workspace stays.</summary>
    public async Task<WorkspaceKey> RetireAsync(string customerId, string accessKey, CancellationToken cancellationToken)
    {
        var retired = await database.WriteAsync(session => RetireAsync(session, customerId, accessKey, cancellationToken), cancellationToken);
        known.Clear();
        return retired;
    }

    private static async Task<WorkspaceKey> RetireAsync(WriteSession session, string customerId, string accessKey, CancellationToken cancellationToken)
    {
        var valid = await ValidAsync(session, customerId, cancellationToken);
        var key = valid.SingleOrDefault(key => key.AccessKey == accessKey) ?? throw new ApiException(404, "key not found");
        if (valid.Count == 1) throw new ApiException(409, "the only valid key of the workspace");
        key.Retire(session.Now);
        session.Publish(new WorkspaceKeyChanged(customerId, key.AccessKey, Valid: false, session.Now));
        return key;
    }

    // The workspace's row stands for its keys: two rotations at once come one after the other.
    private static async Task<List<WorkspaceKey>> ValidAsync(WriteSession session, string customerId, CancellationToken cancellationToken)
    {
        _ = await session.LockAsync<Workspace>("workspaces", "customer_id = {0}", [customerId], cancellationToken)
            ?? throw new ApiException(404, "workspace not found");
        return await session.Db.WorkspaceKeys.Where(k => k.CustomerId == customerId && k.RetiredAt == null).ToListAsync(cancellationToken);
    }
}
