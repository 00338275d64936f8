using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Domain;

/// <summary>Generated camelCase JSON of templates and their parts, as stored and as shown.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TemplateDocument))]
[JsonSerializable(typeof(IReadOnlyList<RecordingConfig>))]
internal sealed partial class DomainJson : JsonSerializerContext;
