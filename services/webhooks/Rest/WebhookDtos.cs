using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

using LiveStream.Webhooks.Delivery;
using LiveStream.Webhooks.Destinations;
using LiveStream.Webhooks.Payloads;
using LiveStream.Webhooks.Signing;
using LiveStream.Webhooks.Storage;

namespace LiveStream.Webhooks.Rest;

/// <summary>What a caller says about an endpoint; null is left out.</summary>
internal sealed record EndpointBody(
    [property: JsonPropertyName("url")] string? Url,
    [property: JsonPropertyName("headers")] Dictionary<string, string>? Headers,
    [property: JsonPropertyName("event_types")] List<string>? EventTypes,
    [property: JsonPropertyName("room_id")] string? RoomId,
    [property: JsonPropertyName("description")] string? Description,
    [property: JsonPropertyName("ordered")] bool? Ordered,
    [property: JsonPropertyName("enabled")] bool? Enabled,
    [property: JsonPropertyName("ed25519")] bool? Ed25519);

/// <summary>How a secret is replaced.</summary>
internal sealed record RotateBody([property: JsonPropertyName("old_expires_in")] int? OldExpiresIn);

/// <summary>A key of an endpoint. The public one is shown, a secret never again.</summary>
internal sealed record KeyDto(
    [property: JsonPropertyName("scheme")] string Scheme,
    [property: JsonPropertyName("public_key"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PublicKey,
    [property: JsonPropertyName("expires_at")] string? ExpiresAt)
{
    public static KeyDto Of(SigningKey key) => new(
        key.Kind == SignatureKind.Hmac ? "v1" : "v1a", key.Kind == SignatureKind.Hmac ? null : key.ToText(), key.ExpiresAt is { } at ? PayloadValues.Format(at) : null);
}

/// <summary>The workspace's secret, shown when it is made, and its keys.</summary>
internal sealed record WorkspaceSecretDto(
    [property: JsonPropertyName("secret")] string Secret,
    [property: JsonPropertyName("keys")] IReadOnlyList<KeyDto> Keys);

/// <summary>An endpoint as REST shows it. Values of headers are hidden; one that is sent back hidden stays as it is.</summary>
internal sealed record EndpointDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("headers")] IReadOnlyDictionary<string, string> Headers,
    [property: JsonPropertyName("event_types")] IReadOnlyList<string> EventTypes,
    [property: JsonPropertyName("room_id")] string RoomId,
    [property: JsonPropertyName("description")] string Description,
    [property: JsonPropertyName("ordered")] bool Ordered,
    [property: JsonPropertyName("enabled")] bool Enabled,
    [property: JsonPropertyName("disabled_reason")] string DisabledReason,
    [property: JsonPropertyName("failing_since")] string? FailingSince,
    [property: JsonPropertyName("source")] string Source,
    [property: JsonPropertyName("keys")] IReadOnlyList<KeyDto> Keys,
    [property: JsonPropertyName("secret"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret,
    [property: JsonPropertyName("created_at")] string CreatedAt,
    [property: JsonPropertyName("updated_at")] string UpdatedAt)
{
    /// <summary>Shown instead of a header's value.</summary>
    public const string Hidden = "********";

    public static EndpointDto Of(WebhookEndpoint endpoint, DateTimeOffset? failingSince, bool secret = false) => new(
        endpoint.Id, endpoint.Url, endpoint.Headers.ToDictionary(header => header.Key, _ => Hidden, StringComparer.Ordinal), endpoint.EventTypes, endpoint.RoomId,
        endpoint.Description, endpoint.Ordered, endpoint.Enabled, endpoint.DisabledReason, failingSince is { } since ? PayloadValues.Format(since) : null, endpoint.Source,
        [.. endpoint.Keys.Select(KeyDto.Of)],
        secret ? endpoint.Keys.First(key => key.Kind == SignatureKind.Hmac).ToText() : null,
        PayloadValues.Format(endpoint.CreatedAt), PayloadValues.Format(endpoint.UpdatedAt));
}

/// <summary>A page of endpoints.</summary>
internal sealed record EndpointPageDto(
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("data")] IReadOnlyList<EndpointDto> Data,
    [property: JsonPropertyName("last")] string Last);

/// <summary>An attempt.</summary>
internal sealed record AttemptDto(
    [property: JsonPropertyName("number")] int Number,
    [property: JsonPropertyName("at")] string At,
    [property: JsonPropertyName("status")] int Status,
    [property: JsonPropertyName("duration_ms")] int DurationMs,
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("reply")] string Reply);

/// <summary>A delivery. Body and attempts are null in lists.</summary>
internal sealed record DeliveryDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("event_id")] string EventId,
    [property: JsonPropertyName("event_name")] string EventName,
    [property: JsonPropertyName("endpoint_id")] string EndpointId,
    [property: JsonPropertyName("room_id")] string RoomId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("is_replay")] bool IsReplay,
    [property: JsonPropertyName("attempt_count")] int AttemptCount,
    [property: JsonPropertyName("next_attempt_at")] string? NextAttemptAt,
    [property: JsonPropertyName("last_attempt_at")] string? LastAttemptAt,
    [property: JsonPropertyName("last_status")] int LastStatus,
    [property: JsonPropertyName("error_reason")] string ErrorReason,
    [property: JsonPropertyName("created_at")] string CreatedAt,
    [property: JsonPropertyName("body"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonNode? Body,
    [property: JsonPropertyName("attempts"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<AttemptDto>? Attempts)
{
    public static DeliveryDto Of(DeliveryView view, IReadOnlyList<AttemptView>? attempts = null) => new(
        Numbers.Format(view.Id), view.EventId.ToString("D"), view.Type, view.EndpointId, view.RoomId, StatusOf(view.State), view.Replay.Length > 0, view.Attempts,
        view.State == DeliveryState.Pending && view.NextAt is { } next ? PayloadValues.Format(next) : null, view.LastAt is { } last ? PayloadValues.Format(last) : null,
        view.LastStatus, ReasonOf(view), PayloadValues.Format(view.CreatedAt), attempts is null || view.Body is null ? null : JsonNode.Parse(view.Body),
        attempts is null ? null : [.. attempts.Select(a => new AttemptDto(a.Number, PayloadValues.Format(a.At), a.Status, a.Milliseconds, a.Error, a.Reply)), .. LastOf(view)]);

    public static string StatusOf(DeliveryState state) => state switch
    {
        DeliveryState.Pending => "pending",
        DeliveryState.Delivered => "success",
        DeliveryState.Failed => "failed",
        _ => "cancelled",
    };

    /// <summary>Why the last attempt failed; empty where it did not.</summary>
    public static string ReasonOf(DeliveryView view) => view.State == DeliveryState.Delivered ? "" : view.LastError.Length > 0 ? view.LastError
        : view.LastStatus > 0 ? $"status {view.LastStatus}" : "";

    // The attempt that succeeded is kept in the delivery itself.
    private static IEnumerable<AttemptDto> LastOf(DeliveryView view) => view.State != DeliveryState.Delivered || view.LastAt is not { } at ? [] :
        [new AttemptDto(view.Attempts, PayloadValues.Format(at), view.LastStatus, view.LastMilliseconds, view.LastError, view.LastReply)];
}

/// <summary>A page of deliveries.</summary>
internal sealed record DeliveryPageDto(
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("data")] IReadOnlyList<DeliveryDto> Data,
    [property: JsonPropertyName("last")] string Last);

/// <summary>Generated JSON of webhooks.</summary>
[JsonSourceGenerationOptions(RespectNullableAnnotations = false)]
[JsonSerializable(typeof(EndpointBody))]
[JsonSerializable(typeof(RotateBody))]
[JsonSerializable(typeof(WorkspaceSecretDto))]
[JsonSerializable(typeof(EndpointDto))]
[JsonSerializable(typeof(EndpointPageDto))]
[JsonSerializable(typeof(DeliveryDto))]
[JsonSerializable(typeof(DeliveryPageDto))]
[JsonSerializable(typeof(WebhookEventsDto))]
[JsonSerializable(typeof(ReplayBody))]
[JsonSerializable(typeof(ReplayFilters))]
[JsonSerializable(typeof(ReplayStartedDto))]
[JsonSerializable(typeof(ReplayDto))]
internal sealed partial class WebhooksJson : JsonSerializerContext;
