using LiveStream.Hosting.Bus;

namespace LiveStream.Bus;

/// <summary>An event from the broker; <see cref="Done"/> ends when it was handled, and the broker is told so then.</summary>
internal sealed record Delivery(LoggedEvent Event)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public void Succeed() => _done.TrySetResult();

    public void Fail(Exception reason) => _done.TrySetException(reason);
}

/// <summary>
/// Puts deliveries back into the order in which the broker sent them: the transport works on many at once, and any of them may
/// come here first. The broker counts the deliveries of a channel from 1 on; each number is either offered or passed, once.
/// Channels are known by what they are, not by the consumer's tag: the transport knows that tag only when the broker has
/// confirmed the consumer, and the first deliveries may be there before.
/// </summary>
internal sealed class DeliveryOrder(TimeProvider time)
{
    /// <summary>How long a number may be missing. Only a broker that counts otherwise makes anybody wait for it.</summary>
    public static readonly TimeSpan GapLimit = TimeSpan.FromSeconds(2);

    // Connections that ended, and may still have something under way.
    private const int MostGone = 16;

    private readonly Lock _lock = new();
    private readonly Queue<object> _gone = new();

    // One for each time the consumer connected; the earlier ones end with what they still have.
    private readonly List<Lane> _lanes = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosed;

    /// <summary>An event was delivered under that number.</summary>
    public Task Offer(object channel, ulong number, LoggedEvent e)
    {
        var delivery = new Delivery(e);
        lock (_lock)
        {
            // A connection that is gone: the broker delivers it again, by the one that took its place.
            if (!_isClosed && !_gone.Contains(channel)) LaneOf(channel).Waiting[number] = delivery;
        }

        Wake();
        return delivery.Done;
    }

    /// <summary>What was delivered under that number is not offered: nobody can read it.</summary>
    public void Pass(object channel, ulong number)
    {
        lock (_lock)
        {
            if (!_isClosed && !_gone.Contains(channel)) LaneOf(channel).Waiting[number] = null;
        }

        Wake();
    }

    /// <summary>The next deliveries in order, at most that many; empty while there are none.</summary>
    public IReadOnlyList<Delivery> Take(int limit)
    {
        var taken = new List<Delivery>();
        lock (_lock)
        {
            while (_lanes.Count > 0)
            {
                var lane = _lanes[0];
                TakeFrom(lane, taken, limit);
                if (taken.Count > 0) break;
                if (lane.Waiting.Count > 0)
                {
                    if (lane.GapSince is null) lane.GapSince = time.GetUtcNow();
                    if (time.GetUtcNow() - lane.GapSince < GapLimit) break;
                    lane.Next = lane.Waiting.Keys.First();
                    continue;
                }

                if (_lanes.Count == 1) break;
                if (_gone.Count == MostGone) _gone.Dequeue();
                _gone.Enqueue(lane.Channel);
                _lanes.RemoveAt(0);
            }
        }

        return taken;
    }

    /// <summary>Waits until something was offered or passed since <see cref="Take"/>, or a gap is over its limit.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        Task changed;
        bool hasGap;
        lock (_lock)
        {
            changed = _changed.Task;
            hasGap = _lanes.Exists(lane => lane.GapSince is not null);
        }

        await changed.WaitAsync(hasGap ? GapLimit : Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_changed.Task.IsCompleted) _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>
    /// Nothing is handled any more, and no delivery ends any more: the broker takes all of them back, in their order, when the
    /// connection is closed. Refused one by one they would come back in another one.
    /// </summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _lanes.Clear();
        }
    }

    private static void TakeFrom(Lane lane, List<Delivery> taken, int limit)
    {
        while (taken.Count < limit && lane.Waiting.Remove(lane.Next, out var delivery))
        {
            lane.Next++;
            lane.GapSince = null;
            if (delivery is not null) taken.Add(delivery);
        }
    }

    private Lane LaneOf(object channel)
    {
        if (_lanes.Find(lane => lane.Channel.Equals(channel)) is { } known) return known;
        var lane = new Lane(channel);
        _lanes.Add(lane);
        return lane;
    }

    private void Wake()
    {
        lock (_lock) _changed.TrySetResult();
    }

    private sealed class Lane(object channel)
    {
        public object Channel => channel;

        // Null for a number that was passed.
        public SortedDictionary<ulong, Delivery?> Waiting { get; } = [];

        public ulong Next { get; set; } = 1;

        public DateTimeOffset? GapSince { get; set; }
    }
}
