using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;

using LiveStream.Contracts;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Webhooks.Destinations;
using LiveStream.Webhooks.Payloads;
using LiveStream.Webhooks.Storage;

using Microsoft.Extensions.Logging;

namespace LiveStream.Webhooks.Delivery;

/// <summary>
/// Since when endpoints fail. Kept in memory and written now and then, as a receiver that fails every third time would be
/// written at every attempt; what a crash loses is a minute.
/// </summary>
internal sealed class EndpointHealth(EndpointCatalog endpoints, DeliveryStore store, IWorkspaces workspaces, ILogger<EndpointHealth> logger)
{
    /// <summary>The webhook that tells that an endpoint was turned off; it goes to the workspace's other ones.</summary>
    public const string DisabledType = "webhook.endpoint.disabled";

    private static readonly TimeSpan s_worthWriting = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset?> _failingSince = new(StringComparer.Ordinal);

    /// <summary>When the endpoint began to fail; null while all is well.</summary>
    public DateTimeOffset? FailingSince(WebhookEndpoint endpoint) => _failingSince.TryGetValue(endpoint.Id, out var since) ? since : endpoint.FailingSince;

    /// <summary>Takes note of an attempt.</summary>
    public void Report(WebhookEndpoint endpoint, DeliveryDecision decision, DateTimeOffset now)
    {
        var since = FailingSince(endpoint);
        if (decision.State == DeliveryState.Delivered && since is not null) _failingSince[endpoint.Id] = null;
        else if (decision.State != DeliveryState.Delivered && since is null) _failingSince[endpoint.Id] = now;
    }

    /// <summary>Forgets what was not written: another process has delivered since.</summary>
    public void Reset() => _failingSince.Clear();

    /// <summary>Somebody says that all is well.</summary>
    public void Forget(string endpointId) => _failingSince.TryRemove(endpointId, out _);

    /// <summary>Writes what has lasted, to be called now and then.</summary>
    public async Task SaveAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var (id, since) in _failingSince)
        {
            if (endpoints.Find(id) is not { } endpoint)
            {
                _failingSince.TryRemove(id, out _);
                continue;
            }

            if (endpoint.FailingSince == since || now - since < s_worthWriting) continue;
            await endpoints.ChangeAsync(id, row => row is null ? null : row with { FailingSince = since }, cancellationToken);
        }
    }

    /// <summary>Turns an endpoint off, ends what waits for it, and tells the workspace's other endpoints.</summary>
    public async Task DisableAsync(string endpointId, string reason, DateTimeOffset now, Action<IReadOnlyList<PendingDelivery>> announce)
    {
        try
        {
            // What comes after it was turned on again is none of what is ended here.
            var disabled = await endpoints.ChangeAsync(
                endpointId, row => row is { Enabled: true } ? row with { Enabled = false, DisabledReason = reason, UpdatedAt = now } : null, CancellationToken.None,
                then: () => store.CancelAsync(endpointId, "endpoint disabled", CancellationToken.None));
            if (disabled is null) return;
            logger.EndpointDisabled(endpointId, reason);
            _failingSince.TryRemove(endpointId, out _);

            // Without itself: somebody may have turned it on again by now.
            string[] others = [.. (await endpoints.TargetsOfAsync(disabled.CustomerId, "", null, DisabledType, CancellationToken.None)).Where(id => id != endpointId)];
            if (others.Length == 0) return;
            var messageId = new Guid(RandomNumberGenerator.GetBytes(16));
            var body = Envelope.Write(messageId, disabled.CustomerId, await AppIdAsync(disabled.CustomerId), now, DisabledType, json =>
            {
                json.WriteString("endpoint_id", disabled.Id);
                json.WriteString("room_id", disabled.RoomId);
                json.WriteString("url", disabled.Url);
                json.WriteString("reason", reason);
                json.WriteTime("failing_since", disabled.FailingSince);
                json.WriteTime("disabled_at", now);
            });
            await store.AddAsync([new NewEvent(messageId, disabled.CustomerId, "", DisabledType, body, now, others)], announce, CancellationToken.None);
        }
        catch (Exception e) when (e is DbException or IOException)
        {
            // Where it is still on, the next failure turns it off; where it is off, what waits for it ends as it comes up.
            logger.StoreFailed(e, TimeSpan.Zero);
        }
    }

    // The notice is worth more than this field of it: without rooms it goes out with an empty one.
    private async Task<string> AppIdAsync(string customerId)
    {
        try
        {
            return (await workspaces.DescribeWorkspaceAsync(new DescribeWorkspaceRequest { CustomerId = customerId }, CancellationToken.None)).AppId;
        }
        catch (ControlException)
        {
            return "";
        }
    }
}
