using System.Text.Json;

using LiveStream.Hosting.Errors;
using LiveStream.Webhooks.Delivery;
using LiveStream.Webhooks.Destinations;
using LiveStream.Webhooks.Payloads;
using LiveStream.Webhooks.Storage;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace LiveStream.Webhooks.Rest;

/// <summary>History and replays in the documented shapes.</summary>
internal static class AnalyticsEndpoints
{
    public const string Prefix = "/v2/analytics/webhooks";

    private const int MaxBody = 64 * 1024, MaxReplay = 50_000, MaxNames = 50, MaxCounted = 1_000_000, MaxRunning = 10;

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(14);

    public static void MapWebhookAnalytics(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix).AddEndpointFilter(new RequireServer());
        group.MapGet("", ListEvents);
        group.MapPost("/replay", StartReplay);
        group.MapGet("/replay/{workflow_id}", GetReplay);
    }

    /// <summary>The state of that name; null for all.</summary>
    public static DeliveryState? StateOf(string text, Func<ApiException>? refuse = null) => text switch
    {
        "all" => null,
        "success" => DeliveryState.Delivered,
        "failed" => DeliveryState.Failed,
        "pending" => DeliveryState.Pending,
        "cancelled" => DeliveryState.Cancelled,
        _ => refuse is null ? null : throw refuse(),
    };

    /// <summary>Names of events in the query, by one parameter or several.</summary>
    public static IReadOnlyList<string> NamesOf(HttpContext http)
    {
        string[] names = [.. http.Request.Query["event_names"].Concat(http.Request.Query["type"]).SelectMany(text => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))];
        return names.Length <= MaxNames && names.All(name => name.Length <= 64 && !name.Any(char.IsControl)) ? names : throw Requests.InvalidQuery("event_names");
    }

    private static async Task<JsonHttpResult<WebhookEventsDto>> ListEvents(
        HttpContext http, HistoryStore history, EndpointCatalog endpoints, TimeProvider time, IOptions<WebhooksOptions> options, CancellationToken cancellationToken)
    {
        var customerId = Requests.CustomerOf(http);
        var (from, to) = RangeOf(Requests.Query(http, "start_time"), Requests.Query(http, "end_time"), time.GetUtcNow(), options.Value.Retention, name => Requests.InvalidQuery(name));
        var filter = new DeliveryFilter(
            null, Requests.Query(http, "room_id"), StateOf(Requests.Query(http, "status") ?? "all", () => Requests.InvalidQuery("status")), NamesOf(http), from, to,
            OriginalsOnly: true);
        var (limit, page) = (Requests.Whole(http, "limit", 1, 100, 50), Requests.Whole(http, "page", 1, 1_000_000, 1));
        var (total, _, _) = await history.CountAsync(customerId, filter, MaxCounted, cancellationToken);
        var found = await history.ListAsync(customerId, filter, null, checked((int)Math.Min((long)(page - 1) * limit, MaxCounted)), limit, bodies: true, cancellationToken);
        var urls = (await endpoints.ListAsync(customerId, cancellationToken)).ToDictionary(endpoint => endpoint.Id, endpoint => endpoint.Url, StringComparer.Ordinal);
        var pages = (total + limit - 1) / limit;
        return TypedResults.Json(
            new WebhookEventsDto(
                [.. found.Select(view => WebhookEventDto.Of(view, urls.GetValueOrDefault(view.EndpointId, "")))],
                new PaginationDto(page, limit, pages, total, page < pages, page > 1),
                new SummaryDto(total)),
            WebhooksJson.Default.WebhookEventsDto);
    }

    private static async Task<JsonHttpResult<ReplayStartedDto>> StartReplay(
        HttpContext http, HistoryStore history, ReplayStore replays, Upkeep upkeep, TimeProvider time, IOptions<WebhooksOptions> options, CancellationToken cancellationToken)
    {
        var customerId = Requests.CustomerOf(http);
        var body = await JsonBody.ReadAsync(http.Request, WebhooksJson.Default.ReplayBody, MaxBody, cancellationToken);
        // Documented as query parameters, shown as a body: either is taken.
        var filters = FiltersOf(http, body, time.GetUtcNow(), options.Value.Retention);
        var json = JsonSerializer.Serialize(filters, WebhooksJson.Default.ReplayFilters);
        var running = (await replays.ListRunningAsync(cancellationToken)).Where(replay => replay.CustomerId == customerId).ToArray();
        if (running.FirstOrDefault(replay => replay.Filters == json) is { } same)
            return TypedResults.Json(new ReplayStartedDto(same.Id, "already_running", "replay is running already", filters), WebhooksJson.Default.ReplayStartedDto);
        if (running.Length >= MaxRunning) throw new ApiException(StatusCodes.Status429TooManyRequests, "rate limit exceeded, retry after 60 seconds");

        var (total, first, last) = await history.CountAsync(customerId, filters.ToFilter(), filters.Offset + filters.Limit, cancellationToken);
        if (filters.Offset > 0 && total > 0)
        {
            var skipped = await history.ListIdsAsync(customerId, filters.ToFilter(), first, last, filters.Offset + 1, cancellationToken);
            (first, total) = (skipped[^1], Math.Max(0, total - filters.Offset));
        }

        var replay = new Replay(Guid.NewGuid().ToString("D"), customerId, json, Replay.Running, total, 0, first, last, time.GetUtcNow(), null);
        await replays.SaveAsync(replay, cancellationToken);
        upkeep.Ask();
        return TypedResults.Json(new ReplayStartedDto(replay.Id, "started", $"{total} events are repeated", filters), WebhooksJson.Default.ReplayStartedDto);
    }

    private static async Task<JsonHttpResult<ReplayDto>> GetReplay(
        string workflow_id, HttpContext http, ReplayStore replays, HistoryStore history, CancellationToken cancellationToken)
    {
        var customerId = Requests.CustomerOf(http);
        var replay = (Guid.TryParse(workflow_id, out var id) ? await replays.FindAsync(customerId, id.ToString("D"), cancellationToken) : null)
            ?? throw new ApiException(StatusCodes.Status404NotFound, "workflow not found");
        var (delivered, failed) = await history.CountReplayAsync(replay.Id, cancellationToken);
        var filters = JsonSerializer.Deserialize(replay.Filters, WebhooksJson.Default.ReplayFilters)!;
        var result = replay.CompletedAt is null ? null : new ReplayResultDto(replay.Total, delivered, failed, await history.ListFailedAsync(replay.Id, 100, cancellationToken));
        return TypedResults.Json(
            new ReplayDto(
                replay.Id, replay.Status, PayloadValues.Format(replay.StartedAt), replay.CompletedAt is { } at ? PayloadValues.Format(at) : null, filters,
                new ReplayProgressDto(replay.Total, delivered, failed), result),
            WebhooksJson.Default.ReplayDto);
    }

    private static ReplayFilters FiltersOf(HttpContext http, ReplayBody? body, DateTimeOffset now, TimeSpan retention)
    {
        var (from, to) = RangeOf(
            body?.StartTime ?? Requests.Query(http, "start_time"), body?.EndTime ?? Requests.Query(http, "end_time"), now, retention, ApiException.InvalidBody);
        var status = body?.Status ?? Requests.Query(http, "status") ?? "failed";
        if (status is not ("all" or "failed" or "success")) throw ApiException.InvalidBody("status");
        var names = body?.EventNames ?? NamesOf(http);
        if (names.Count > MaxNames || names.Any(name => name is null || name.Length > 64 || name.Any(char.IsControl))) throw ApiException.InvalidBody("event_names");
        var room = body?.RoomId ?? Requests.Query(http, "room_id") ?? "";
        if (room.Length > 0 && !WebhookIds.IsValid(room)) throw ApiException.InvalidBody("room_id");
        var limit = body?.Limit ?? Requests.Whole(http, "limit", 1, MaxReplay, MaxReplay);
        var offset = body?.Offset ?? Requests.Whole(http, "offset", 0, MaxReplay, 0);
        if (limit is < 1 or > MaxReplay) throw ApiException.InvalidBody($"limit is not from 1 to {MaxReplay}");
        if (offset is < 0 or > MaxReplay) throw ApiException.InvalidBody($"offset is not from 0 to {MaxReplay}");
        return new ReplayFilters(PayloadValues.Format(from), PayloadValues.Format(to), room, [.. names], status, limit, offset);
    }

    // The last day, unless the caller says; not before what is kept, and two weeks at most.
    private static (DateTimeOffset From, DateTimeOffset To) RangeOf(
        string? start, string? end, DateTimeOffset now, TimeSpan retention, Func<string, ApiException> refuse)
    {
        var to = Requests.Time(end, () => refuse("end_time")) ?? now;
        // Before it is counted from: the calendar has a beginning.
        if (to < now - retention - TimeSpan.FromMinutes(1)) throw refuse("end_time is too long ago");
        var from = Requests.Time(start, () => refuse("start_time")) ?? to.AddDays(-1);
        // A minute for the caller's clock, and its way here.
        if (from < now - retention - TimeSpan.FromMinutes(1)) throw refuse("start_time is too long ago");
        if (to < from) throw refuse("end_time is before start_time");
        if (to - from > s_longest) throw refuse("end_time is more than 14 days after start_time");
        return (from, to);
    }
}
