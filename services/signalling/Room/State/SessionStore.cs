using System.Text.Json;

using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;

namespace LiveStream.Signalling.Room.State;

/// <summary>Values that all peers of a session share: pinned messages, who is in the spotlight, and what else apps keep.</summary>
internal sealed class SessionStore
{
    private readonly Dictionary<string, StoredValue> _values = new(StringComparer.Ordinal);
    private int _length;

    /// <summary>The value; null for a key that was never set.</summary>
    public StoredValue? Find(string key) => _values.GetValueOrDefault(key);

    /// <summary>The values of those keys that were set.</summary>
    public IReadOnlyList<StoredValue> Of(IEnumerable<string> keys) => [.. keys.Select(Find).OfType<StoredValue>()];

    /// <summary>Every value by its key.</summary>
    public IReadOnlyDictionary<string, JsonElement?> All() => _values.ToDictionary(pair => pair.Key, pair => pair.Value.Data, StringComparer.Ordinal);

    /// <summary>Sets a value, or says why not.</summary>
    public (StoredValue? Value, ProtocolError? Error) Set(string key, JsonElement? data, long? ifVersion, string updatedBy, DateTimeOffset now)
    {
        var before = Find(key);
        if (ifVersion is { } wanted && wanted != (before?.ChangeVersion ?? 0))
            return (null, new(ErrorCode.Conflict, $"the version is {before?.ChangeVersion ?? 0}"));
        if (before is null && _values.Count >= ProtocolLimits.MaxStoreKeys)
            return (null, new(ErrorCode.Forbidden, $"the room has {ProtocolLimits.MaxStoreKeys} keys already"));
        var length = _length - LengthOf(before?.Data) + LengthOf(data);
        if (length > ProtocolLimits.MaxStoreLength && length > _length)
            return (null, new(ErrorCode.TooLarge, $"the room's values would be longer than {ProtocolLimits.MaxStoreLength} characters together"));
        _length = length;
        var value = new StoredValue(key, data, now.ToUnixTimeMilliseconds(), updatedBy, (before?.ChangeVersion ?? 0) + 1);
        _values[key] = value;
        return (value, null);
    }

    public void Clear()
    {
        _values.Clear();
        _length = 0;
    }

    private static int LengthOf(JsonElement? data) => data?.GetRawText().Length ?? 0;
}
