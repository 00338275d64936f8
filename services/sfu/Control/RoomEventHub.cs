using System.Collections.Concurrent;
using System.Threading.Channels;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Router;
using Microsoft.Extensions.Logging;

namespace LiveStream.Sfu.Control;

/// <summary>Hands room events from the workers to those who watch. A watcher that does not keep up is dropped, never waited for.</summary>
internal sealed class RoomEventHub(ILogger logger) : IRoomObserver
{
    private const int Backlog = 1024;

    private readonly ConcurrentDictionary<string, Channel<RoomEvent>[]> _watchers = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void OnRoomEvent(RoomEvent roomEvent)
    {
        if (!_watchers.TryGetValue(roomEvent.RoomId, out var channels)) return;
        foreach (var channel in channels)
        {
            if (channel.Writer.TryWrite(roomEvent)) continue;
            // Already completed, or full: the watcher has to start over from the room's state.
            if (channel.Writer.TryComplete(new InvalidOperationException("The watcher did not keep up."))) logger.WatcherDropped(roomEvent.RoomId);
        }
    }

    public Channel<RoomEvent> Add(string roomId)
    {
        var channel = Channel.CreateBounded<RoomEvent>(new BoundedChannelOptions(Backlog) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _watchers.AddOrUpdate(roomId, [channel], (_, present) => [.. present, channel]);
        return channel;
    }

    public void Remove(string roomId, Channel<RoomEvent> channel)
    {
        var left = _watchers.AddOrUpdate(roomId, [], (_, present) => [.. present.Where(other => other != channel)]);
        if (left.Length == 0) _watchers.TryRemove(new KeyValuePair<string, Channel<RoomEvent>[]>(roomId, left));
    }
}
