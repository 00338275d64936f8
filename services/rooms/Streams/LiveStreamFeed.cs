using System.Threading.Channels;

using LiveStream.Contracts;
using LiveStream.Contracts.Events.V1;
using LiveStream.Hosting.Bus;

namespace LiveStream.Rooms.Streams;

/// <summary>
/// Passes on which live streams of a room change, by the event log: whoever changes a row need not know of it. A listener
/// that does not keep up is cut off, and starts anew with the state of then.
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
        lock (_lock)
        {
            foreach (var listener in _listeners.GetValueOrDefault(envelope.Body.RoomId, [])) listener.Tell(envelope.Body.StreamId);
        }

        return Task.CompletedTask;
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
