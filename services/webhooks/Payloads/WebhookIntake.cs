using System.Text.Json;

using LiveStream.Contracts;
using LiveStream.Contracts.Events.V1;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Hosting.Bus;
using LiveStream.Webhooks.Delivery;
using LiveStream.Webhooks.Destinations;
using LiveStream.Webhooks.Storage;

using Microsoft.Extensions.Logging;

namespace LiveStream.Webhooks.Payloads;

/// <summary>
/// Takes events from the log: each becomes a body and deliveries, all of a batch in one transaction, before the log's cursor
/// moves. An event that comes twice is known by its id.
/// </summary>
internal sealed class WebhookIntake(
    IWorkspaces workspaces, EndpointCatalog endpoints, DeliveryStore store, DeliveryEngine engine, ILogger<WebhookIntake> logger) : IEventBatchHandler
{
    /// <summary>Name of the cursor.</summary>
    public const string Subscriber = "webhooks";

    private const int MaxRooms = 10_000;

    // One batch is handled at a time.
    private readonly Dictionary<string, RoomDescription> _rooms = new(StringComparer.Ordinal);

    /// <summary>Records of the events it takes.</summary>
    public static IEnumerable<Type> Events => PayloadCatalog.Events.Append(typeof(RoomCreated)).Append(typeof(RoomUpdated));

    public async Task HandleAsync(IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        // Whoever adds an endpoint and then does something gets the event of it, whichever process was told of the endpoint.
        await endpoints.RefreshAsync(cancellationToken);
        var added = new List<NewEvent>();
        foreach (var e in events)
        {
            try
            {
                if (await MapAsync(e, cancellationToken) is { } one) added.Add(one);
            }
            catch (Exception error) when (error is JsonException or ControlException { Error: ControlError.NotFound })
            {
                // It would fail for ever, and hold up all others.
                logger.EventLeftOut(e.MessageId, e.Type, error.Message);
            }
        }

        if (added.Count > 0) await store.AddAsync(added, engine.Announce, cancellationToken);
    }

    private async Task<NewEvent?> MapAsync(LoggedEvent e, CancellationToken cancellationToken)
    {
        if (e.Type is "room.created.v1" or "room.updated.v1")
        {
            _rooms.Remove(e.Key);
            return null;
        }

        if (PayloadCatalog.Of(e) is not { } payload) return null;
        var room = await DescribeAsync(payload.CustomerId, payload.RoomId, cancellationToken);
        var targets = await endpoints.TargetsOfAsync(payload.CustomerId, payload.RoomId, room, payload.Type, cancellationToken);
        if (targets.Count == 0) return null;
        var body = Envelope.Write(e.MessageId, payload.CustomerId, room.AppId, e.At, payload.Type, json => payload.Data(json, room));
        return new NewEvent(e.MessageId, payload.CustomerId, payload.RoomId, payload.Type, body, e.At, targets);
    }

    private async Task<RoomDescription> DescribeAsync(string customerId, string roomId, CancellationToken cancellationToken)
    {
        if (_rooms.TryGetValue(roomId, out var known)) return known;
        if (_rooms.Count >= MaxRooms) _rooms.Clear();
        var room = await workspaces.DescribeRoomAsync(new DescribeRoomRequest { CustomerId = customerId, RoomId = roomId }, cancellationToken);
        _rooms.Add(roomId, room);
        return room;
    }
}
