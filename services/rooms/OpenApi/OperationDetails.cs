using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

using LiveStream.Hosting.Errors;
using LiveStream.Hosting.OpenApi;

using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LiveStream.Rooms.OpenApi;

/// <summary>Adds to a call's description what its handler's signature does not say.</summary>
internal static class OperationDetails
{
    public const string Scheme = "managementToken";

    private const string Json = "application/json";
    private const string Unauthorized = "401";

    private static readonly Dictionary<int, string> s_errors = new()
    {
        [400] = "The body or a query parameter is wrong; details name each mistake.",
        [403] = "The room is disabled, or the role may not do this.",
        [404] = "Not there, or nothing is running.",
        [409] = "It is running already.",
        [429] = "Too much at once.",
        [501] = "This server has no part that does it.",
        [503] = "Nothing takes the work at the moment.",
    };

    /// <summary>An operation transformer.</summary>
    public static async Task AddAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var api = context.Description;
        if (api.ActionDescriptor.EndpointMetadata.OfType<MethodInfo>().FirstOrDefault() is { DeclaringType: { } owner } handler)
            operation.OperationId = $"{owner.Name.Replace("Endpoints", "", StringComparison.Ordinal)}.{handler.Name}";
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? []) parameter.Description ??= QueryParameters.Describe(parameter.Name ?? "");

        var path = "/" + (api.RelativePath ?? "").TrimEnd('/');
        if (api.ActionDescriptor.EndpointMetadata.OfType<ApiSample>().FirstOrDefault() is not { } sample) return;
        operation.Summary = sample.Summary;
        operation.Tags = new HashSet<OpenApiTagReference> { new(sample.Tag, context.Document) };
        foreach (var name in sample.Query ?? []) (operation.Parameters ??= []).Add(QueryParameters.Of(name));
        if (sample.Body is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Description = "Every field may be left out but those that a 400 asks for.",
                Content = new Dictionary<string, OpenApiMediaType> { [Json] = new() { Schema = SchemaOf(body), Example = body.DeepClone() } },
            };
        }

        operation.Responses ??= [];
        if (sample.Reply is { } reply && operation.Responses.GetValueOrDefault("200") is OpenApiResponse ok)
        {
            ok.Description = "Done.";
            ok.Content ??= new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal);
            if (ok.Content.Count == 0) ok.Content[Json] = new OpenApiMediaType { Schema = SchemaOf(reply) };
            ok.Content[Json].Example = reply.DeepClone();
        }

        var error = await context.GetOrCreateSchemaAsync(typeof(ApiError), null, cancellationToken);
        foreach (var status in sample.Errors ?? []) operation.Responses[$"{status}"] = Refusal(s_errors[status], error, status);
        if (!IsOpen(path))
        {
            operation.Responses[Unauthorized] = Refusal("No valid token.", error, 401);
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
        }
    }

    // A link, or a room code, is the right itself.
    private static bool IsOpen(string path) => path is "/v2/token" || path.StartsWith("/v2/objects/", StringComparison.Ordinal);

    private static OpenApiResponse Refusal(string description, OpenApiSchema schema, int status) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [Json] = new() { Schema = schema, Example = new JsonObject { ["code"] = status, ["message"] = description, ["details"] = new JsonArray() } },
        },
    };

    /// <summary>What shape a sample has.</summary>
    internal static OpenApiSchema SchemaOf(JsonNode? sample) => sample switch
    {
        JsonObject fields => new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = fields.ToDictionary(field => field.Key, field => (IOpenApiSchema)SchemaOf(field.Value), StringComparer.Ordinal),
        },
        JsonArray items => new OpenApiSchema { Type = JsonSchemaType.Array, Items = items.Count > 0 ? SchemaOf(items[0]) : new OpenApiSchema() },
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.String => new OpenApiSchema { Type = JsonSchemaType.String },
            JsonValueKind.Number => new OpenApiSchema { Type = value.ToJsonString().Contains('.', StringComparison.Ordinal) ? JsonSchemaType.Number : JsonSchemaType.Integer },
            _ => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        },
        _ => new OpenApiSchema(),
    };
}

/// <summary>The query parameters that there are.</summary>
internal static class QueryParameters
{
    private static readonly Dictionary<string, (JsonSchemaType Type, string Description)> s_all = new(StringComparer.Ordinal)
    {
        ["limit"] = (JsonSchemaType.Integer, "Rows of a page: 1 to 100, 10 by default (room codes: 20). Fewer rows are the end of the list."),
        ["start"] = (JsonSchemaType.String, "The last of the page before; its row is not repeated."),
        ["enabled"] = (JsonSchemaType.Boolean, "Only those that are enabled, or are not."),
        ["active"] = (JsonSchemaType.Boolean, "Only sessions that go on, or that are over."),
        ["name"] = (JsonSchemaType.String, "Exact name, whatever the case."),
        ["template_id"] = (JsonSchemaType.String, "Only of that template."),
        ["room_id"] = (JsonSchemaType.String, "Of, or only of, that room: 24 hex digits."),
        ["session_id"] = (JsonSchemaType.String, "Of, or only of, that session: 24 hex digits."),
        ["stream_id"] = (JsonSchemaType.String, "A live stream: 24 hex digits."),
        ["recording_id"] = (JsonSchemaType.String, "A recording: 24 hex digits."),
        ["asset_id"] = (JsonSchemaType.String, "A recording asset: 24 hex digits."),
        ["peer_id"] = (JsonSchemaType.String, "Somebody in the room: UUID."),
        ["role_name"] = (JsonSchemaType.String, "Name of a role."),
        ["ticket"] = (JsonSchemaType.String, "What a presigned URL has before the key."),
        ["key"] = (JsonSchemaType.String, "Where the object is in the store; may contain slashes."),
        ["status"] = (JsonSchemaType.String, "Only in that state."),
        ["type"] = (JsonSchemaType.String, "Only of that type."),
        ["role"] = (JsonSchemaType.String, "Of, or only of, that role."),
        ["user_id"] = (JsonSchemaType.String, "Only of that user of yours."),
        ["after"] = (JsonSchemaType.String, "Made then or later: RFC 3339."),
        ["before"] = (JsonSchemaType.String, "Made then or earlier: RFC 3339."),
        ["endpoint_id"] = (JsonSchemaType.String, "A webhook endpoint, or only of it: 24 hex digits."),
        ["delivery_id"] = (JsonSchemaType.String, "A delivery of a webhook: a number."),
        ["workflow_id"] = (JsonSchemaType.String, "A replay: UUID."),
        ["event_names"] = (JsonSchemaType.String, "Only of these types, separated by commas."),
        ["start_time"] = (JsonSchemaType.String, "Happened then or later: RFC 3339; a day ago by default."),
        ["end_time"] = (JsonSchemaType.String, "Happened then or earlier: RFC 3339; now by default, and at most 14 days after start_time."),
        ["page"] = (JsonSchemaType.Integer, "Number of the page, from 1."),
        ["presign_duration"] = (JsonSchemaType.Integer, "Seconds that the URL is good for: 1 to 604800, 259200 by default."),
    };

    /// <summary>What a parameter of that name means; null for one that is not known.</summary>
    public static string? Describe(string name) => s_all.TryGetValue(name, out var known) ? known.Description : null;

    /// <summary>The optional query parameter of that name.</summary>
    public static OpenApiParameter Of(string name) => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Description = s_all[name].Description,
        Schema = new OpenApiSchema { Type = s_all[name].Type },
    };
}
