using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Domain;

/// <summary>Generated camelCase JSON of templates, as stored and as shown.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TemplateDocument))]
internal sealed partial class DomainJson : JsonSerializerContext;
