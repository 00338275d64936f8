using System.Text.Json;
using System.Text.Json.Serialization;

using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Endpoints.Rest;

/// <summary>A template as REST shows it: camelCase, unlike everything else, and with two ids under deprecated names.</summary>
internal sealed record TemplateDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("_id")] string DeprecatedId,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("customerId")] string CustomerId,
    [property: JsonPropertyName("customer")] string DeprecatedCustomer,
    [property: JsonPropertyName("appId")] string AppId,
    [property: JsonPropertyName("default")] bool IsDefault,
    [property: JsonPropertyName("roles")] Dictionary<string, Role> Roles,
    [property: JsonPropertyName("settings")] TemplateSettings Settings,
    [property: JsonPropertyName("destinations")] Destinations Destinations,
    [property: JsonPropertyName("plugins")] TemplatePlugins Plugins,
    [property: JsonPropertyName("createdAt")] string CreatedAt,
    [property: JsonPropertyName("updatedAt")] string UpdatedAt)
{
    public static TemplateDto Of(Template template, Workspace workspace) => new(
        template.Id,
        template.Id,
        template.Name,
        template.CustomerId,
        template.CustomerId,
        workspace.AppId,
        template.IsDefault,
        template.Document.Roles,
        template.Document.Settings.Masked(),
        template.Document.Destinations,
        template.Document.Plugins ?? new TemplatePlugins(),
        RestTime.Format(template.CreatedAt),
        RestTime.Format(template.UpdatedAt));
}

/// <summary>A page of templates.</summary>
internal sealed record TemplatePageDto(
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("data")] IReadOnlyList<TemplateDto> Data,
    [property: JsonPropertyName("last")] string Last);

/// <summary>Generated camelCase JSON of templates and their parts.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TemplateDto))]
[JsonSerializable(typeof(TemplatePageDto))]
[JsonSerializable(typeof(IReadOnlyList<RecordingConfig>))]
internal sealed partial class TemplateJson : JsonSerializerContext;
