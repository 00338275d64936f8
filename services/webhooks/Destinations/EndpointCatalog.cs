using LiveStream.Contracts.Rooms.V1;
using LiveStream.Contracts.Webhooks;
using LiveStream.Contracts.Webhooks.V1;
using LiveStream.Webhooks.Signing;
using LiveStream.Webhooks.Storage;

using Microsoft.Extensions.Options;

namespace LiveStream.Webhooks.Destinations;

/// <summary>
/// The endpoints, in memory as the database has them; what changes here is in the database first, and only where nothing was changed
/// there that is not known here. Readers need no lock: they see one state or the next.
/// </summary>
internal sealed class EndpointCatalog(EndpointStore store, TimeProvider time, IOptions<WebhooksOptions> options) : IWebhooksControl, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Snapshot? _current;

    /// <summary>After an endpoint was changed or removed: its id, and whether another process did it.</summary>
    public event Action<string, bool>? Changed;

    /// <summary>The endpoint; null where it is gone.</summary>
    public WebhookEndpoint? Find(string id) => _current?.ById.GetValueOrDefault(id);

    /// <summary>Endpoints of a workspace that REST shows, the newest first.</summary>
    public async Task<IReadOnlyList<WebhookEndpoint>> ListAsync(string customerId, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        var all = _current!;
        return [.. all.Of(customerId).OrderByDescending(endpoint => endpoint.Id, StringComparer.Ordinal)];
    }

    /// <summary>Reads everything anew where another process has changed something; else asks for one number only.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        IReadOnlyList<string> changed;
        try
        {
            changed = await CatchUpAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }

        foreach (var id in changed) Changed?.Invoke(id, true);
    }

    /// <summary>
    /// Who gets an event: the room's endpoints, or, where it has none, those of the workspace; of them those that want it. The
    /// webhook of the room's description is an endpoint too.
    /// </summary>
    public async Task<IReadOnlyList<string>> TargetsOfAsync(string customerId, string roomId, RoomDescription? room, string type, CancellationToken cancellationToken)
    {
        var all = await LoadedAsync(cancellationToken);
        var own = room?.Webhook is { } webhook ? await EnsureManagedAsync(EndpointSource.Room, customerId, roomId, webhook.Url, webhook.Headers, cancellationToken) : null;
        var candidates = all.Of(customerId, roomId).Where(endpoint => roomId.Length > 0 && endpoint.Source == EndpointSource.Api).ToList();
        if (own is not null) candidates.Add(own);
        if (candidates.Count == 0)
        {
            candidates = [.. all.Of(customerId, "").Where(endpoint => endpoint.Source == EndpointSource.Api)];
            if (options.Value.DefaultUrl is { Length: > 0 } url)
                candidates.Add(await EnsureManagedAsync(EndpointSource.Settings, customerId, "", url, options.Value.DefaultHeaders, cancellationToken));
        }

        return [.. candidates.Where(endpoint => endpoint.Enabled && endpoint.Wants(type)).Select(endpoint => endpoint.Id)];
    }

    /// <summary>Adds or replaces an endpoint.</summary>
    public async Task<WebhookEndpoint> SaveAsync(WebhookEndpoint endpoint, CancellationToken cancellationToken) =>
        (await ChangeAsync(endpoint.Id, _ => endpoint, cancellationToken))!;

    /// <summary>
    /// Changes an endpoint that is there, or adds what is made of null; null where there is nothing to change. What belongs to the change
    /// is done by <paramref name="then"/> before anybody of this process can change it again.
    /// </summary>
    public async Task<WebhookEndpoint?> ChangeAsync(
        string id, Func<WebhookEndpoint?, WebhookEndpoint?> change, CancellationToken cancellationToken, Func<Task>? then = null)
    {
        var byOthers = new List<string>();
        await _turn.WaitAsync(cancellationToken);
        WebhookEndpoint? changed;
        try
        {
            do
            {
                // Another process may change something else meanwhile: then from what it has made of it.
                byOthers.AddRange(await CatchUpAsync(cancellationToken));
                changed = change(Find(id));
            }
            while (changed is not null && !await store.TrySaveAsync(changed, _current!.Version, cancellationToken));
            if (changed is not null)
            {
                _current = new Snapshot(_current!.ById.Values.Where(other => other.Id != id).Append(changed), _current.Version + 1);
                if (then is not null) await then();
            }
        }
        finally
        {
            _turn.Release();
        }

        foreach (var other in byOthers) Changed?.Invoke(other, true);
        if (changed is not null) Changed?.Invoke(id, false);
        return changed;
    }

    /// <summary>Removes an endpoint.</summary>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        await store.DeleteAsync(id, cancellationToken);
        await RefreshAsync(cancellationToken);
    }

    /// <summary>Adds a key for an owner; see <see cref="EndpointStore.AddKeyAsync"/>.</summary>
    public async Task<IReadOnlyList<SigningKey>> AddKeyAsync(string owner, SignatureKind kind, DateTimeOffset oldExpire, CancellationToken cancellationToken)
    {
        var keys = await store.AddKeyAsync(owner, kind, oldExpire, cancellationToken);
        await RefreshAsync(cancellationToken);
        return keys;
    }

    public async Task<SigningSecret> GetSigningSecretAsync(GetSigningSecretRequest request, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return new SigningSecret { Secret = (await store.EnsureKeysAsync(request.CustomerId, cancellationToken))[0].ToText() };
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static bool Same(IReadOnlyDictionary<string, string> a, IDictionary<string, string> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private async Task<Snapshot> LoadedAsync(CancellationToken cancellationToken)
    {
        if (_current is null) await RefreshAsync(cancellationToken);
        return _current!;
    }

    // Under the turn. Which endpoints are others now, or gone.
    private async Task<IReadOnlyList<string>> CatchUpAsync(CancellationToken cancellationToken)
    {
        var before = _current;
        if (before is not null && await store.ReadVersionAsync(cancellationToken) == before.Version) return [];
        var (endpoints, version) = await store.ListAsync(cancellationToken);
        _current = new Snapshot(endpoints, version);
        if (before is null) return [];
        return [.. before.ById.Values.Where(old => _current.ById.GetValueOrDefault(old.Id) is not { } now || now.UpdatedAt != old.UpdatedAt || now.Enabled != old.Enabled).Select(old => old.Id)];
    }

    // A room's webhook, and that of the settings, become rows when the first event goes there, and follow their owner since.
    private async Task<WebhookEndpoint> EnsureManagedAsync(
        string source, string customerId, string roomId, string url, IDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        var known = _current!.Of(customerId, roomId).FirstOrDefault(endpoint => endpoint.Source == source);
        if (known is not null && known.Url == url && Same(known.Headers, headers)) return known;
        var now = time.GetUtcNow();
        var keys = known?.Keys ?? await store.EnsureKeysAsync(customerId, cancellationToken);
        var copy = new Dictionary<string, string>(headers, StringComparer.Ordinal);
        // Another address is another chance.
        return await SaveAsync(
            known is not null
                ? known with { Url = url, Headers = copy, Enabled = true, DisabledReason = "", FailingSince = null, UpdatedAt = now }
                : new WebhookEndpoint(WebhookIds.New(now), customerId, roomId, source, url, copy, [], "", true, true, "", null, now, now) { Keys = keys },
            cancellationToken);
    }

    private sealed class Snapshot
    {
        private readonly Dictionary<(string Customer, string Room), List<WebhookEndpoint>> _byRoom = [];

        public Snapshot(IEnumerable<WebhookEndpoint> endpoints, long version)
        {
            Version = version;
            ById = endpoints.ToDictionary(endpoint => endpoint.Id, StringComparer.Ordinal);
            foreach (var endpoint in ById.Values)
            {
                var key = (endpoint.CustomerId, endpoint.RoomId);
                if (!_byRoom.TryGetValue(key, out var list)) _byRoom.Add(key, list = []);
                list.Add(endpoint);
            }
        }

        /// <summary>See <see cref="EndpointStore.ReadVersionAsync"/>.</summary>
        public long Version { get; }

        public Dictionary<string, WebhookEndpoint> ById { get; }

        public IEnumerable<WebhookEndpoint> Of(string customerId) => ById.Values.Where(endpoint => endpoint.CustomerId == customerId);

        // Of that room; an empty one is the workspace as a whole.
        public List<WebhookEndpoint> Of(string customerId, string roomId) => _byRoom.GetValueOrDefault((customerId, roomId)) ?? [];
    }
}
