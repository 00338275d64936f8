using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LiveStream.Contracts.Events;

/// <summary>How one event is named, ordered and written on the wire.</summary>
public abstract class EventType
{
    private protected EventType(string name, Type clrType) => (Name, ClrType) = (name, clrType);

    /// <summary>Name on the wire, such as <c>room.created.v1</c>; never reused for another shape.</summary>
    public string Name { get; }

    /// <summary>The record.</summary>
    public Type ClrType { get; }

    /// <summary>The event's JSON.</summary>
    public abstract string Write(object body);

    /// <summary>The event of that JSON. Fails with <see cref="JsonException"/>.</summary>
    public abstract object Read(string json);

    /// <summary>What the event is about: events of one key are delivered in the order they happened.</summary>
    public abstract string KeyOf(object body);
}

/// <summary>The same with the record's type.</summary>
public sealed class EventType<T> : EventType
    where T : class
{
    private readonly JsonTypeInfo<T> _json;
    private readonly Func<T, string> _key;

    internal EventType(string name, JsonTypeInfo<T> json, Func<T, string> key)
        : base(name, typeof(T)) => (_json, _key) = (json, key);

    /// <inheritdoc/>
    public override string Write(object body) => JsonSerializer.Serialize((T)body, _json);

    /// <inheritdoc/>
    public override object Read(string json) =>
        JsonSerializer.Deserialize(json, _json) ?? throw new JsonException($"null is no {Name}");

    /// <inheritdoc/>
    public override string KeyOf(object body) => _key((T)body);
}
