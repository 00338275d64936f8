using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Signalling.Hosts;
using Microsoft.Extensions.Logging;

namespace LiveStream.Signalling.Sessions;

/// <summary>Listens to the media server's events of each room that has a session, once per room.</summary>
internal sealed class RoomWatches(ISfuControl sfu, NodeLease lease, TimeProvider time, ILogger<RoomWatches> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Watch> _watches = [];

    /// <summary>
    /// Counts one more session in the room; the first one starts to listen before this returns, so that no event of a
    /// transport opened afterwards is missed.
    /// </summary>
    /// <param name="roomId">The room.</param>
    /// <param name="onEvent">Takes every event of the room.</param>
    /// <param name="onGap">Told when events may have been missed.</param>
    /// <param name="onTold">Told when all transports and tracks that are there have been told, for the first time or again.</param>
    public void Acquire(string roomId, Action<RoomEvent> onEvent, Action onGap, Action onTold)
    {
        lock (_lock)
        {
            if (_watches.TryGetValue(roomId, out var watch))
            {
                watch.Sessions++;
                return;
            }
            watch = new Watch { Sessions = 1 };
            _watches.Add(roomId, watch);
            // Runs up to the first wait for an event, that is, until it listens.
            _ = RunAsync(roomId, onEvent, onGap, onTold, watch.Stop.Token);
        }
    }

    /// <summary>Counts one session less; the last one ends the listening.</summary>
    public void Release(string roomId)
    {
        Watch? ended = null;
        lock (_lock)
        {
            if (_watches.TryGetValue(roomId, out var watch) && --watch.Sessions == 0)
            {
                _watches.Remove(roomId);
                ended = watch;
            }
        }
        // Cancelled outside the lock: it runs the callbacks of whoever waits.
        ended?.Stop.Cancel();
    }

    private async Task RunAsync(string roomId, Action<RoomEvent> onEvent, Action onGap, Action onTold, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var began = time.GetTimestamp();
                try
                {
                    await foreach (var roomEvent in sfu.WatchRoomAsync(new WatchRoomRequest { RoomId = roomId, Watcher = lease.Id }, stop).WithCancellation(stop))
                    {
                        if (roomEvent.EventCase == RoomEvent.EventOneofCase.None) onTold();
                        else onEvent(roomEvent);
                    }
                }
                catch (ControlException e)
                {
                    logger.WatchBroken(roomId, e.Error, e.Message);
                }
                onGap();
                // At once the first time, as people may be on their way to another node.
                if (time.GetElapsedTime(began) < RetryDelay) await Task.Delay(RetryDelay, time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The last session of the room has ended.
        }
    }

    private sealed class Watch
    {
        public CancellationTokenSource Stop { get; } = new();

        public int Sessions { get; set; }
    }
}
