using System.Text.Json;

using LiveStream.Rooms.Domain;

using Microsoft.EntityFrameworkCore.ChangeTracking;
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
