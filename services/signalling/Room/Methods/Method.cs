using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using LiveStream.Signalling.Protocol;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>From when on a method may be called.</summary>
internal enum MethodStage
{
    /// <summary>As soon as the socket is open.</summary>
    Open,
    /// <summary>After joining.</summary>
    Joined,
}

/// <summary>Whether a method is answered.</summary>
internal enum MethodKind
{
    /// <summary>Comes with an id and is answered.</summary>
    Request,
    /// <summary>Comes without; answered all the same if it has one.</summary>
    Notification,
}

/// <summary>Something that clients may ask or tell.</summary>
internal abstract class Method(string name, MethodKind kind, MethodStage stage, int price)
{
    public string Name => name;

    public MethodKind Kind => kind;

    public MethodStage Stage => stage;

    /// <summary>What it costs of a peer's budget, in messages: more than 1 where the answer may be large.</summary>
    public int Price => price;

    /// <summary>The params as a record, or null when they are not of the method's shape.</summary>
    public abstract object? TryRead(JsonElement parameters);

    /// <summary>Does it, with what <see cref="TryRead"/> returned.</summary>
    public abstract void Invoke(Call call, object parameters);
}

/// <summary>The same with the record's type.</summary>
internal sealed class Method<T>(string name, MethodKind kind, MethodStage stage, int price, JsonTypeInfo<T> json, Action<Call, T> handler)
    : Method(name, kind, stage, price)
    where T : class
{
    public override object? TryRead(JsonElement parameters)
    {
        try
        {
            return parameters.Deserialize(json);
        }
        // The second: half of a surrogate pair, which JSON can write and a string cannot hold.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public override void Invoke(Call call, object parameters) => handler(call, (T)parameters);
}

/// <summary>A frame whose method is known and whose params have its shape.</summary>
internal sealed record ClientMessage(Method Method, RequestId? Id, object Params)
{
    /// <summary>Finds the method and reads the params; or why that cannot be. Total.</summary>
    public static (ClientMessage? Message, ProtocolError? Error) Read(ClientFrame frame)
    {
        if (MethodTable.Find(frame.Method) is not { } method) return (null, MethodTable.ErrorOfUnknown(frame.Method));
        if (frame.Id is null && method.Kind == MethodKind.Request) return (null, new(ErrorCode.BadRequest, $"{method.Name} needs an id"));
        return method.TryRead(frame.Params) is { } parameters
            ? (new ClientMessage(method, frame.Id, parameters), null)
            : (null, new(ErrorCode.BadRequest, $"the params of {method.Name} have another shape"));
    }
}
