using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

using LiveStream.Webhooks.Payloads;
using LiveStream.Webhooks.Storage;

namespace LiveStream.Webhooks.Rest;

/// <summary>Numbers as text.</summary>
internal static class Numbers
{
    public static string Format(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>History of deliveries in the documented shape.</summary>
internal sealed record WebhookEventsDto(
    [property: JsonPropertyName("events")] IReadOnlyList<WebhookEventDto> Events,
    [property: JsonPropertyName("pagination")] PaginationDto Pagination,
    [property: JsonPropertyName("summary")] SummaryDto Summary);

internal sealed record WebhookEventDto(
    [property: JsonPropertyName("event_id")] string EventId,
    [property: JsonPropertyName("event_name")] string EventName,
    [property: JsonPropertyName("room_id")] string RoomId,
    [property: JsonPropertyName("event_timestamp")] string EventTimestamp,
    [property: JsonPropertyName("payload")] WebhookEventPayloadDto Payload)
{
    public static WebhookEventDto Of(DeliveryView view, string url) => new(
        view.EventId.ToString("D"), $"reporter.webhook.delivery.{DeliveryDto.StatusOf(view.State)}", view.RoomId, PayloadValues.Format(view.CreatedAt),
        new WebhookEventPayloadDto(view.Body is null ? null : JsonNode.Parse(view.Body), url, view.Type, DeliveryDto.ReasonOf(view) is { Length: > 0 } reason ? reason : null));
}

internal sealed record WebhookEventPayloadDto(
    [property: JsonPropertyName("event_data")] JsonNode? EventData,
    [property: JsonPropertyName("webhook_url")] string WebhookUrl,
    [property: JsonPropertyName("original_event_name")] string OriginalEventName,
    [property: JsonPropertyName("error_reason"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ErrorReason);

internal sealed record PaginationDto(
    [property: JsonPropertyName("current_page")] int CurrentPage,
    [property: JsonPropertyName("page_size")] int PageSize,
    [property: JsonPropertyName("total_pages")] int TotalPages,
    [property: JsonPropertyName("total_items")] int TotalItems,
    [property: JsonPropertyName("has_next")] bool HasNext,
    [property: JsonPropertyName("has_prev")] bool HasPrev);

internal sealed record SummaryDto([property: JsonPropertyName("total_events")] int TotalEvents);

/// <summary>What to repeat.</summary>
internal sealed record ReplayBody(
    [property: JsonPropertyName("start_time")] string? StartTime,
    [property: JsonPropertyName("end_time")] string? EndTime,
    [property: JsonPropertyName("room_id")] string? RoomId,
    [property: JsonPropertyName("event_names")] List<string>? EventNames,
    [property: JsonPropertyName("limit")] int? Limit,
    [property: JsonPropertyName("offset")] int? Offset,
    [property: JsonPropertyName("status")] string? Status);

/// <summary>The same, checked, and as it is shown.</summary>
internal sealed record ReplayFilters(
    [property: JsonPropertyName("start_time")] string StartTime,
    [property: JsonPropertyName("end_time")] string EndTime,
    [property: JsonPropertyName("room_id")] string RoomId,
    [property: JsonPropertyName("event_names")] IReadOnlyList<string> EventNames,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("offset")] int Offset)
{
    public DeliveryFilter ToFilter() => new(
        null, RoomId.Length > 0 ? RoomId : null, AnalyticsEndpoints.StateOf(Status), EventNames,
        DateTimeOffset.Parse(StartTime, CultureInfo.InvariantCulture), DateTimeOffset.Parse(EndTime, CultureInfo.InvariantCulture), OriginalsOnly: true);
}

internal sealed record ReplayStartedDto(
    [property: JsonPropertyName("workflow_id")] string WorkflowId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("filters")] ReplayFilters Filters);

internal sealed record ReplayDto(
    [property: JsonPropertyName("workflow_id")] string WorkflowId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("started_at")] string StartedAt,
    [property: JsonPropertyName("completed_at")] string? CompletedAt,
    [property: JsonPropertyName("filters")] ReplayFilters Filters,
    [property: JsonPropertyName("progress")] ReplayProgressDto Progress,
    [property: JsonPropertyName("result"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ReplayResultDto? Result);

internal sealed record ReplayProgressDto(
    [property: JsonPropertyName("total")] int Total,
    [property: JsonPropertyName("completed")] int Completed,
    [property: JsonPropertyName("failed")] int Failed);

internal sealed record ReplayResultDto(
    [property: JsonPropertyName("total")] int Total,
    [property: JsonPropertyName("completed")] int Completed,
    [property: JsonPropertyName("failed")] int Failed,
    [property: JsonPropertyName("failed_events")] IReadOnlyList<string> FailedEvents);
