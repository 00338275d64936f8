using System.Threading.Channels;

using LiveStream.Contracts;
using LiveStream.Contracts.Events.V1;
using LiveStream.Hosting.Bus;

namespace LiveStream.Rooms.Streams;

/// <summary>
/// Passes on which live streams of a room change: what this process writes or hears of at once, whether the broker is there or not,
/// and by the event log what others write. A listener looks at the row, so that to be told twice does no harm; one that does not
/// keep up is cut off, and starts anew with the state of then.
/// </summary>
internal sealed class LiveStreamFeed : IEventHandler<LiveStreamChanged>
{
    /// <summary>Names the cursor in the event log.</summary>
    public const string Subscriber = "live-rooms";

    private const int QueueLength = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Listener>> _listeners = new(StringComparer.Ordinal);

    /// <summary>Begins to listen to a room, until disposed.</summary>
    public Listener Listen(string roomId)
    {
        var listener = new Listener(this, roomId);
        lock (_lock)
        {
            if (!_listeners.TryGetValue(roomId, out var others)) _listeners.Add(roomId, others = []);
            others.Add(listener);
        }

        return listener;
    }

    public Task HandleAsync(EventEnvelope<LiveStreamChanged> envelope, CancellationToken cancellationToken)
    {
        Tell(envelope.Body.RoomId, envelope.Body.StreamId);
        return Task.CompletedTask;
    }

    /// <summary>A stream of the room may have changed.</summary>
    public void Tell(string roomId, string streamId)
    {
        lock (_lock)
        {
            foreach (var listener in _listeners.GetValueOrDefault(roomId, [])) listener.Tell(streamId);
        }
    }

    private void Remove(string roomId, Listener listener)
    {
        lock (_lock)
        {
            if (_listeners.TryGetValue(roomId, out var others) && others.Remove(listener) && others.Count == 0) _listeners.Remove(roomId);
        }
    }

    /// <summary>One listener.</summary>
    internal sealed class Listener(LiveStreamFeed feed, string roomId) : IDisposable
    {
        private readonly Channel<string> _changed = Channel.CreateBounded<string>(QueueLength);

        /// <summary>Ids of streams that changed. Fails with <see cref="ControlException"/> (Unavailable) for one that does not keep up.</summary>
        public IAsyncEnumerable<string> ReadAllAsync(CancellationToken cancellationToken) => _changed.Reader.ReadAllAsync(cancellationToken);

        public void Dispose() => feed.Remove(roomId, this);

        internal void Tell(string streamId)
        {
            if (!_changed.Writer.TryWrite(streamId))
                _changed.Writer.TryComplete(new ControlException(ControlError.Unavailable, "changes were not read in time"));
        }
    }
}
