using System.Collections.Concurrent;
using System.Threading.Channels;
using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Router;
using Microsoft.Extensions.Logging;

namespace LiveStream.Sfu.Control;

/// <summary>Hands room events from the workers to those who watch. A watcher that does not keep up is dropped, never waited for.</summary>
internal sealed class RoomEventHub(ILogger logger) : IRoomObserver
{
    private const int Backlog = 1024;

    private readonly ConcurrentDictionary<string, Watcher[]> _watchers = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void OnRoomEvent(RoomEvent roomEvent)
    {
        if (!_watchers.TryGetValue(roomEvent.RoomId, out var watchers)) return;
        foreach (var (_, channel) in watchers)
        {
            if (channel.Writer.TryWrite(roomEvent)) continue;
            // Already completed, or full: the watcher has to start over from the room's state.
            if (channel.Writer.TryComplete(new ControlException(ControlError.Unavailable, "The watcher did not keep up."))) logger.WatcherDropped(roomEvent.RoomId);
        }
    }

    /// <summary>Events of a room from now on; ends with Unavailable for who does not keep up.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="process">Who watches; may be empty.</param>
    public Channel<RoomEvent> Add(string roomId, string process)
    {
        var channel = Channel.CreateBounded<RoomEvent>(new BoundedChannelOptions(Backlog) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _watchers.AddOrUpdate(roomId, [new(process, channel)], (_, present) => [.. present, new(process, channel)]);
        return channel;
    }

    /// <summary>Whether that process watches the room now.</summary>
    public bool IsWatchedBy(string roomId, string process) =>
        process.Length > 0 && _watchers.TryGetValue(roomId, out var watchers) && watchers.Any(watcher => watcher.Process == process);

    public void Remove(string roomId, Channel<RoomEvent> channel)
    {
        var left = _watchers.AddOrUpdate(roomId, [], (_, present) => [.. present.Where(other => other.Channel != channel)]);
        if (left.Length == 0) _watchers.TryRemove(new KeyValuePair<string, Watcher[]>(roomId, left));
    }

    private sealed record Watcher(string Process, Channel<RoomEvent> Channel);
}
