using System.Net;

using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Hosting.Errors;
using LiveStream.Webhooks.Delivery;
using LiveStream.Webhooks.Destinations;
using LiveStream.Webhooks.Signing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace LiveStream.Webhooks.Rest;

/// <summary>Endpoints, for servers. Every update is a POST.</summary>
internal static class WebhookEndpoints
{
    public const string Prefix = "/v2/webhooks";

    private const int MaxBody = 128 * 1024;
    private const int MaxOldSeconds = 7 * 24 * 3600, DefaultOldSeconds = 24 * 3600;

    public static void MapWebhookEndpoints(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix).AddEndpointFilter(new RequireServer());
        group.MapPost("", CreateEndpoint);
        group.MapGet("", ListEndpoints);
        group.MapGet("/{endpoint_id}", GetEndpoint);
        group.MapPost("/{endpoint_id}", ChangeEndpoint);
        group.MapDelete("/{endpoint_id}", DeleteEndpoint);
        group.MapPost("/{endpoint_id}/rotate-secret", RotateSecret);
        group.MapPost("/workspace/rotate-secret", RotateWorkspaceSecret);
    }

    private static async Task<JsonHttpResult<EndpointDto>> CreateEndpoint(
        HttpContext http, EndpointCatalog endpoints, IWorkspaces workspaces, AddressGuard guard, TimeProvider time, IOptions<WebhooksOptions> options,
        CancellationToken cancellationToken)
    {
        var customerId = Requests.CustomerOf(http);
        var body = await JsonBody.ReadAsync(http.Request, WebhooksJson.Default.EndpointBody, MaxBody, cancellationToken) ?? throw ApiException.InvalidBody("url is required");
        if (body.Url is null) throw ApiException.InvalidBody("url is required");
        Check(body, guard);
        if (body.RoomId is { Length: > 0 } roomId)
        {
            // Fails with NotFound, which is answered as such.
            await workspaces.DescribeRoomAsync(new DescribeRoomRequest { CustomerId = customerId, RoomId = roomId }, cancellationToken);
        }

        var now = time.GetUtcNow();
        if ((await endpoints.ListAsync(customerId, cancellationToken)).Count(endpoint => endpoint.Source == EndpointSource.Api) >= options.Value.MaxEndpoints)
            throw new ApiException(StatusCodes.Status403Forbidden, "too many endpoints", $"a workspace has at most {options.Value.MaxEndpoints}");
        var id = WebhookIds.New(now);
        // The keys first: an endpoint never sends unsigned.
        var keys = await endpoints.AddKeyAsync(id, SignatureKind.Hmac, now, cancellationToken);
        if (body.Ed25519 == true) keys = await endpoints.AddKeyAsync(id, SignatureKind.Ed25519, now, cancellationToken);
        var created = await endpoints.SaveAsync(
            new WebhookEndpoint(
                id, customerId, body.RoomId ?? "", EndpointSource.Api, body.Url, body.Headers ?? [], body.EventTypes ?? [], body.Description ?? "", body.Ordered ?? true,
                body.Enabled ?? true, "", null, now, now) { Keys = keys },
            cancellationToken);
        return Show(created, null, secret: true);
    }

    private static async Task<JsonHttpResult<EndpointPageDto>> ListEndpoints(HttpContext http, EndpointCatalog endpoints, EndpointHealth health, CancellationToken cancellationToken)
    {
        var limit = Requests.Whole(http, "limit", 1, 100, 10);
        var start = Requests.Query(http, "start");
        var page = (await endpoints.ListAsync(Requests.CustomerOf(http), cancellationToken))
            .Where(endpoint => start is null || string.CompareOrdinal(endpoint.Id, start) < 0).Take(limit)
            .Select(endpoint => EndpointDto.Of(endpoint, health.FailingSince(endpoint))).ToArray();
        return TypedResults.Json(new EndpointPageDto(limit, page, page.Length > 0 ? page[^1].Id : ""), WebhooksJson.Default.EndpointPageDto);
    }

    private static async Task<JsonHttpResult<EndpointDto>> GetEndpoint(
        string endpoint_id, HttpContext http, EndpointCatalog endpoints, EndpointHealth health, CancellationToken cancellationToken)
    {
        var endpoint = await FindAsync(http, endpoints, endpoint_id, cancellationToken);
        return Show(endpoint, health.FailingSince(endpoint));
    }

    private static async Task<JsonHttpResult<EndpointDto>> ChangeEndpoint(
        string endpoint_id, HttpContext http, EndpointCatalog endpoints, EndpointHealth health, DeliveryEngine engine, AddressGuard guard, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(http.Request, WebhooksJson.Default.EndpointBody, MaxBody, cancellationToken) ?? new EndpointBody(null, null, null, null, null, null, null, null);
        Check(body, guard);
        if (body.RoomId is not null) throw ApiException.InvalidBody("room_id cannot be changed");
        if (body.Ed25519 is not null) throw ApiException.InvalidBody("ed25519 cannot be changed");
        var endpoint = await FindAsync(http, endpoints, endpoint_id, cancellationToken);
        if (endpoint.Source != EndpointSource.Api && (body with { Enabled = null }) != new EndpointBody(null, null, null, null, null, null, null, null))
            throw new ApiException(StatusCodes.Status403Forbidden, "endpoint is managed elsewhere", $"it belongs to the {endpoint.Source}; it can be enabled only");
        var changed = await endpoints.ChangeAsync(
            endpoint_id,
            row => row is null ? null : row with
            {
                Url = body.Url ?? row.Url,
                Headers = body.Headers is { } headers ? headers.ToDictionary(
                    header => header.Key, header => header.Value == EndpointDto.Hidden && row.Headers.TryGetValue(header.Key, out var kept) ? kept : header.Value, StringComparer.Ordinal) : row.Headers,
                EventTypes = body.EventTypes ?? row.EventTypes,
                Description = body.Description ?? row.Description,
                Ordered = body.Ordered ?? row.Ordered,
                Enabled = body.Enabled ?? row.Enabled,
                DisabledReason = body.Enabled is null ? row.DisabledReason : "",
                FailingSince = body.Enabled == true ? null : row.FailingSince,
                UpdatedAt = time.GetUtcNow(),
            },
            cancellationToken) ?? throw NotFound();
        if (body.Enabled == true) health.Forget(endpoint_id);
        // Whoever repairs an endpoint does not want to wait for it.
        if (changed.Enabled) engine.Retry(endpoint_id);
        return Show(changed, health.FailingSince(changed));
    }

    private static async Task<NoContent> DeleteEndpoint(
        string endpoint_id, HttpContext http, EndpointCatalog endpoints, Storage.DeliveryStore store, CancellationToken cancellationToken)
    {
        var endpoint = await FindAsync(http, endpoints, endpoint_id, cancellationToken);
        if (endpoint.Source != EndpointSource.Api) throw new ApiException(StatusCodes.Status403Forbidden, "endpoint is managed elsewhere", $"it belongs to the {endpoint.Source}");
        await endpoints.DeleteAsync(endpoint_id, cancellationToken);
        await store.CancelAsync(endpoint_id, "endpoint deleted", cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<JsonHttpResult<EndpointDto>> RotateSecret(
        string endpoint_id, HttpContext http, EndpointCatalog endpoints, EndpointHealth health, TimeProvider time, CancellationToken cancellationToken)
    {
        var expires = await OldExpireAsync(http, time, cancellationToken);
        var endpoint = await FindAsync(http, endpoints, endpoint_id, cancellationToken);
        if (endpoint.Source != EndpointSource.Api) throw new ApiException(StatusCodes.Status403Forbidden, "endpoint is managed elsewhere", "it signs with the workspace's secret");
        var keys = await endpoints.AddKeyAsync(endpoint_id, SignatureKind.Hmac, expires, cancellationToken);
        if (endpoint.Keys.Any(key => key.Kind == SignatureKind.Ed25519)) keys = await endpoints.AddKeyAsync(endpoint_id, SignatureKind.Ed25519, expires, cancellationToken);
        return Show(endpoint with { Keys = keys }, health.FailingSince(endpoint), secret: true);
    }

    private static async Task<JsonHttpResult<WorkspaceSecretDto>> RotateWorkspaceSecret(
        HttpContext http, EndpointCatalog endpoints, TimeProvider time, CancellationToken cancellationToken)
    {
        var expires = await OldExpireAsync(http, time, cancellationToken);
        var keys = await endpoints.AddKeyAsync(Requests.CustomerOf(http), SignatureKind.Hmac, expires, cancellationToken);
        return TypedResults.Json(new WorkspaceSecretDto(keys[0].ToText(), [.. keys.Select(KeyDto.Of)]), WebhooksJson.Default.WorkspaceSecretDto);
    }

    // Until when those before sign as well.
    private static async Task<DateTimeOffset> OldExpireAsync(HttpContext http, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(http.Request, WebhooksJson.Default.RotateBody, MaxBody, cancellationToken);
        var seconds = body?.OldExpiresIn ?? DefaultOldSeconds;
        return seconds is < 0 or > MaxOldSeconds ? throw ApiException.InvalidBody($"old_expires_in is not from 0 to {MaxOldSeconds}") : time.GetUtcNow().AddSeconds(seconds);
    }

    private static async Task<WebhookEndpoint> FindAsync(HttpContext http, EndpointCatalog endpoints, string id, CancellationToken cancellationToken) =>
        (await endpoints.ListAsync(Requests.CustomerOf(http), cancellationToken)).FirstOrDefault(endpoint => endpoint.Id == id) ?? throw NotFound();

    private static ApiException NotFound() => new(StatusCodes.Status404NotFound, "endpoint not found");

    private static JsonHttpResult<EndpointDto> Show(WebhookEndpoint endpoint, DateTimeOffset? failingSince, bool secret = false) =>
        TypedResults.Json(EndpointDto.Of(endpoint, failingSince, secret), WebhooksJson.Default.EndpointDto);

    private static void Check(EndpointBody body, AddressGuard guard)
    {
        if (body.Url is { } url)
        {
            if (!EndpointRules.IsUrl(url)) throw ApiException.InvalidBody("url is not an http or https URL");
            // Told at once where it is plain; what a name resolves to is asked at each connection.
            if (IPAddress.TryParse(new Uri(url).IdnHost, out var address) && !guard.IsOpen(address)) throw ApiException.InvalidBody("url is an address that is not allowed");
        }

        if (body.Headers is { } headers)
        {
            if (headers.Count > EndpointRules.MaxHeaders) throw ApiException.InvalidBody($"headers has more than {EndpointRules.MaxHeaders} elements");
            foreach (var (name, value) in headers)
            {
                if (value is null || !EndpointRules.IsHeader(name, value)) throw ApiException.InvalidBody($"headers.{(name.Length <= 64 ? name : name[..64])} cannot be sent");
            }
        }

        if (body.EventTypes is { } types && (types.Count > EndpointRules.MaxEventTypes || types.Any(type => type is null || !EndpointRules.IsEventType(type))))
            throw ApiException.InvalidBody("event_types has an element that is no event");
        if (body.Description is { } text && (text.Length > EndpointRules.MaxDescriptionLength || text.Any(c => char.IsControl(c) && c is not ('\n' or '\t'))))
            throw ApiException.InvalidBody($"description is not a text of at most {EndpointRules.MaxDescriptionLength} characters");
        if (body.RoomId is { Length: > 0 } room && !WebhookIds.IsValid(room)) throw ApiException.InvalidBody("room_id is no id");
    }
}
