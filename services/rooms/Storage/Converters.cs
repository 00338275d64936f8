using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using LiveStream.Rooms.Domain;

using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace LiveStream.Rooms.Storage;

/// <summary>Times as milliseconds since 1970.</summary>
internal sealed class UnixMillisecondsConverter() : ValueConverter<DateTimeOffset, long>(
    time => time.ToUnixTimeMilliseconds(), milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));

/// <summary>A template's document as its JSON.</summary>
internal sealed class TemplateDocumentConverter() : ValueConverter<TemplateDocument, string>(
    document => JsonSerializer.Serialize(document, DomainJson.Default.TemplateDocument),
    json => JsonSerializer.Deserialize(json, DomainJson.Default.TemplateDocument)!);

/// <summary>Documents are equal when their JSON is; a change inside one is a change.</summary>
internal sealed class TemplateDocumentComparer() : ValueComparer<TemplateDocument>(
    (a, b) => JsonSerializer.Serialize(a!, DomainJson.Default.TemplateDocument) == JsonSerializer.Serialize(b!, DomainJson.Default.TemplateDocument),
    document => StringComparer.Ordinal.GetHashCode(JsonSerializer.Serialize(document, DomainJson.Default.TemplateDocument)),
    document => JsonSerializer.Deserialize(JsonSerializer.Serialize(document, DomainJson.Default.TemplateDocument), DomainJson.Default.TemplateDocument)!);

/// <summary>A part of a row as its JSON, by a generated serializer; null is the column's null.</summary>
internal sealed class JsonPartConverter<T>(JsonTypeInfo<T> json) : ValueConverter<T, string>(
    part => JsonSerializer.Serialize(part, json), text => JsonSerializer.Deserialize(text, json)!)
    where T : class;

/// <summary>Parts are replaced as a whole, and equal when their JSON is.</summary>
internal sealed class JsonPartComparer<T>(JsonTypeInfo<T> json) : ValueComparer<T>(
    (a, b) => (a == null ? null : JsonSerializer.Serialize(a, json)) == (b == null ? null : JsonSerializer.Serialize(b, json)),
    part => StringComparer.Ordinal.GetHashCode(JsonSerializer.Serialize(part, json)),
    part => part)
    where T : class;

/// <summary>Message ids as lower-case text with dashes.</summary>
internal sealed class GuidTextConverter() : ValueConverter<Guid, string>(id => id.ToString("D"), text => Guid.Parse(text));

/// <summary>Maps parts of a row to JSON.</summary>
internal static class JsonMapping
{
    public static void HasJson<TProperty, TPart>(this PropertyBuilder<TProperty> property, JsonTypeInfo<TPart> json)
        where TPart : class => property.HasConversion((ValueConverter)new JsonPartConverter<TPart>(json), new JsonPartComparer<TPart>(json));
}
