using System.Globalization;

using LiveStream.Hosting.Errors;
using LiveStream.Webhooks.Delivery;
using LiveStream.Webhooks.Destinations;
using LiveStream.Webhooks.Storage;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Webhooks.Rest;

/// <summary>What was delivered and what was not, and how often it was tried; again by hand.</summary>
internal static class DeliveryEndpoints
{
    public const string Prefix = "/v2/webhooks/deliveries";

    public static void MapDeliveries(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix).AddEndpointFilter(new RequireServer());
        group.MapGet("", ListDeliveries);
        group.MapGet("/{delivery_id}", GetDelivery);
        group.MapPost("/{delivery_id}/resend", ResendDelivery);
    }

    private static async Task<JsonHttpResult<DeliveryPageDto>> ListDeliveries(HttpContext http, HistoryStore history, CancellationToken cancellationToken)
    {
        var limit = Requests.Whole(http, "limit", 1, 100, 10);
        long? start = Requests.Query(http, "start") is { } text ? IdOf(text) ?? throw Requests.InvalidQuery("start") : null;
        var filter = new DeliveryFilter(
            Requests.Query(http, "endpoint_id"), Requests.Query(http, "room_id"),
            Requests.Query(http, "status") is { } status ? AnalyticsEndpoints.StateOf(status, () => Requests.InvalidQuery("status")) : null,
            AnalyticsEndpoints.NamesOf(http), Requests.Time(Requests.Query(http, "after"), () => Requests.InvalidQuery("after")),
            Requests.Time(Requests.Query(http, "before"), () => Requests.InvalidQuery("before")));
        var found = await history.ListAsync(Requests.CustomerOf(http), filter, start, 0, limit, bodies: false, cancellationToken);
        var data = found.Select(view => DeliveryDto.Of(view)).ToArray();
        return TypedResults.Json(new DeliveryPageDto(limit, data, data.Length > 0 ? data[^1].Id : ""), WebhooksJson.Default.DeliveryPageDto);
    }

    private static async Task<JsonHttpResult<DeliveryDto>> GetDelivery(string delivery_id, HttpContext http, HistoryStore history, CancellationToken cancellationToken)
    {
        var (view, attempts) = await FindAsync(delivery_id, http, history, cancellationToken);
        return TypedResults.Json(DeliveryDto.Of(view, attempts), WebhooksJson.Default.DeliveryDto);
    }

    private static async Task<JsonHttpResult<DeliveryDto>> ResendDelivery(
        string delivery_id, HttpContext http, HistoryStore history, EndpointCatalog endpoints, DeliveryStore store, DeliveryEngine engine, CancellationToken cancellationToken)
    {
        var (view, _) = await FindAsync(delivery_id, http, history, cancellationToken);
        if (endpoints.Find(view.EndpointId) is not { Enabled: true }) throw new ApiException(StatusCodes.Status403Forbidden, "endpoint is disabled or gone");
        if (view.State == DeliveryState.Pending)
        {
            // It waits for its time, or for one before it: now is that time.
            engine.Retry(view.EndpointId);
            return TypedResults.Json(DeliveryDto.Of(view), WebhooksJson.Default.DeliveryDto);
        }

        var id = Guid.NewGuid().ToString("D");
        var added = await store.RepeatAsync([new RepeatedDelivery(view.Id, $"resend:{id}", id)], engine.Announce, cancellationToken);
        if (added.Count == 0) throw NotFound();
        var (again, attempts) = await history.FindAsync(Requests.CustomerOf(http), added[0].Id, cancellationToken) ?? throw NotFound();
        return TypedResults.Json(DeliveryDto.Of(again, attempts), WebhooksJson.Default.DeliveryDto);
    }

    private static async Task<(DeliveryView View, IReadOnlyList<AttemptView> Attempts)> FindAsync(
        string id, HttpContext http, HistoryStore history, CancellationToken cancellationToken) =>
        IdOf(id) is { } number && await history.FindAsync(Requests.CustomerOf(http), number, cancellationToken) is { } found ? found : throw NotFound();

    private static ApiException NotFound() => new(StatusCodes.Status404NotFound, "delivery not found");

    private static long? IdOf(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
