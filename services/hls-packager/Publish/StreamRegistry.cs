using System.Collections.Concurrent;

namespace LiveStream.HlsPackager.Publish;

/// <summary>The runs that are served, and each room's latest. Safe for many threads.</summary>
internal sealed class StreamRegistry
{
    private readonly ConcurrentDictionary<string, LiveOutput> byPath = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LiveOutput> byRoom = new(StringComparer.Ordinal);

    private TaskCompletionSource added = NewSource();

    /// <summary>Ends at the next <see cref="TryAdd"/>. Take it before <see cref="Find"/>, or a run may be missed.</summary>
    public Task Next => Volatile.Read(ref added).Task;

    /// <summary>Starts to serve a run; false when its path is taken.</summary>
    /// <param name="output">The run.</param>
    /// <param name="staticUrl">It is also served as its room's latest.</param>
    public bool TryAdd(LiveOutput output, bool staticUrl)
    {
        if (!byPath.TryAdd(output.Path.Full, output)) return false;
        if (staticUrl) byRoom[RoomKey(output.Path.CustomerId, output.Path.RoomId)] = output;
        Interlocked.Exchange(ref added, NewSource()).SetResult();
        return true;
    }

    /// <summary>Stops serving a run.</summary>
    public void Remove(LiveOutput output)
    {
        byPath.TryRemove(KeyValuePair.Create(output.Path.Full, output));
        byRoom.TryRemove(KeyValuePair.Create(RoomKey(output.Path.CustomerId, output.Path.RoomId), output));
    }

    public LiveOutput? Find(RunPath path) => byPath.GetValueOrDefault(path.Full);

    /// <summary>The room's latest run with a static URL.</summary>
    public LiveOutput? FindRoom(string customerId, string roomId) => byRoom.GetValueOrDefault(RoomKey(customerId, roomId));

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string RoomKey(string customerId, string roomId) => $"{customerId}/{roomId}";
}
