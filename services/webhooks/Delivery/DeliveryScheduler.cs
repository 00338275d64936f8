namespace LiveStream.Webhooks.Delivery;

/// <summary>How much goes on at once.</summary>
/// <param name="PerEndpoint">Attempts to one endpoint.</param>
/// <param name="Total">Attempts in all; endpoints that fail share a quarter of them.</param>
internal sealed record SchedulerLimits(int PerEndpoint, int Total);

/// <summary>An attempt that was begun; handed back when it has ended.</summary>
internal sealed record StartedAttempt(PendingDelivery Delivery, DeliveryQueue Queue, bool IsStruggling);

/// <summary>
/// Which delivery is attempted next. Within a queue one waits for the other; endpoints take turns; one that fails gets one
/// attempt at a time, out of a share of its own, so that it delays nobody; when it answers again, all that waits for it
/// goes out at once. Holds a bounded part of what is pending. Pure, for one thread: time enters as an argument.
/// </summary>
internal sealed class DeliveryScheduler(SchedulerLimits limits)
{
    private const int QueueInMemory = 64;
    private const int BodiesInMemory = 20_000;

    private static readonly TimeSpan s_asideInMemory = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, EndpointLane> _lanes = new(StringComparer.Ordinal);
    private readonly PriorityQueue<(object Target, long Ticket), long> _waiting = new();
    private readonly Queue<EndpointLane> _healthy = new(), _struggling = new();
    private readonly Queue<DeliveryQueue> _loads = new();

    // What came of an attempt, and is not written yet; whether its queue is done with it.
    private readonly Dictionary<long, bool> _settling = [];
    private int _inFlight, _strugglingInFlight, _entries;
    private long _tickets;

    /// <summary>Attempts that go on.</summary>
    public int InFlight => _inFlight;

    /// <summary>Deliveries in memory.</summary>
    public int Entries => _entries;

    /// <summary>Queues in memory.</summary>
    public int Queues => _lanes.Values.Sum(lane => lane.Queues.Count);

    /// <summary>When something becomes due next; null for nothing.</summary>
    public DateTimeOffset? NextDue => _waiting.TryPeek(out _, out var ticks) ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>A new delivery, told of in the order of ids.</summary>
    public void Add(PendingDelivery delivery, DateTimeOffset now)
    {
        var queue = QueueOf(delivery.EndpointId, delivery.Queue);
        if (delivery.Id <= queue.LoadedTo) return;
        // Behind a head that fails, or behind others that are still in the database, it is read from there when its turn comes.
        var room = !queue.HasMore && queue.Entries.Count < QueueInMemory && _entries < BodiesInMemory && !queue.IsStuck;
        if (room) Append(queue, delivery);
        else queue.HasMore = true;
        Place(queue, now);
    }

    /// <summary>A queue that has pending deliveries in the database, up to that id.</summary>
    public void Discover(string endpointId, string key, long lastId, DateTimeOffset now)
    {
        var queue = QueueOf(endpointId, key);
        if (lastId > queue.LoadedTo) queue.HasMore = true;
        Place(queue, now);
    }

    /// <summary>Deliveries that were passed by others and are due.</summary>
    public void AddAside(PendingDelivery delivery, DateTimeOffset now)
    {
        if (_settling.ContainsKey(delivery.Id)) return;
        var queue = QueueOf(delivery.EndpointId, AsideKey(delivery.Id));
        if (queue.LoadedTo > 0) return;
        Append(queue, delivery);
        Place(queue, now);
    }

    /// <summary>A queue whose next deliveries are wanted: those behind <see cref="DeliveryQueue.LoadedTo"/>.</summary>
    public bool TryTakeLoad(out DeliveryQueue queue)
    {
        while (_loads.TryDequeue(out queue!))
        {
            if (!queue.Lane.IsRemoved) return true;
        }

        return false;
    }

    /// <summary>The answer to <see cref="TryTakeLoad"/>: rows in order, and whether there may be more.</summary>
    public void Load(DeliveryQueue queue, IReadOnlyList<PendingDelivery> rows, bool more, DateTimeOffset now)
    {
        if (queue.Lane.IsRemoved) return;
        queue.IsLoading = false;
        queue.HasMore = more;
        foreach (var row in rows)
        {
            // What is done with, and is not written down yet, still looks pending there.
            if (row.Id > queue.LoadedTo && !_settling.GetValueOrDefault(row.Id)) Append(queue, queue.Lane.IsRetried && row.NextAt > now ? row with { NextAt = now } : row);
            queue.LoadedTo = Math.Max(queue.LoadedTo, row.Id);
        }

        Place(queue, now);
    }

    /// <summary>The reading failed; it is tried again.</summary>
    public void LoadFailed(DeliveryQueue queue, DateTimeOffset now)
    {
        queue.IsLoading = false;
        if (!queue.Lane.IsRemoved) Place(queue, now);
    }

    /// <summary>Begins the next attempt, if one is due and may be made.</summary>
    public bool TryStart(DateTimeOffset now, out StartedAttempt attempt)
    {
        Wake(now);
        while (_inFlight < limits.Total)
        {
            // The smaller share first, or it would never have a turn.
            var fromShare = _strugglingInFlight < Math.Max(1, limits.Total / 4) && _struggling.Count > 0;
            if (!(fromShare ? _struggling : _healthy).TryDequeue(out var lane)) break;
            lane.IsListed = false;
            if (lane.IsRemoved || !MayStart(lane, now)) continue;
            if (lane.IsStruggling != fromShare)
            {
                List(lane, now);
                continue;
            }

            var queue = lane.Ready.Dequeue();
            queue.IsReady = false;
            List(lane, now);
            if (queue.IsBusy || !queue.Entries.TryPeek(out var head)) continue;
            queue.IsBusy = true;
            lane.InFlight++;
            _inFlight++;
            if (fromShare) _strugglingInFlight++;
            List(lane, now);
            attempt = new StartedAttempt(head, queue, fromShare);
            return true;
        }

        attempt = null!;
        return false;
    }

    /// <summary>An attempt has ended. Its delivery counts as settling until <see cref="Written"/>.</summary>
    public void Complete(StartedAttempt attempt, DeliveryDecision decision, bool aside, int attempts, DateTimeOffset firstAt, DateTimeOffset now)
    {
        var (queue, lane) = (attempt.Queue, attempt.Queue.Lane);
        _inFlight--;
        if (attempt.IsStruggling) _strugglingInFlight--;
        lane.InFlight--;
        queue.IsBusy = false;
        _settling[attempt.Delivery.Id] = decision.State != DeliveryState.Pending || aside;
        if (lane.IsRemoved) return;

        if (decision.HoldUntil > lane.HoldUntil)
        {
            lane.HoldUntil = decision.HoldUntil.Value;
            Wait(lane, lane.HoldUntil);
        }

        if (decision.State == DeliveryState.Delivered)
        {
            var recovered = lane.IsStruggling;
            lane.FailuresInRow = 0;
            if (recovered) WakeAll(lane, now);
        }
        else
        {
            lane.FailuresInRow++;
            lane.IsRetried = false;
        }

        var again = attempt.Delivery with
        {
            Attempts = attempts, FirstAt = firstAt, NextAt = decision.NextAt, Body = attempts <= DeliveryQueue.PatientAttempts ? attempt.Delivery.Body : null, Aside = aside,
        };
        if (decision.State != DeliveryState.Pending || (aside && !attempt.Delivery.Aside) || decision.NextAt - now > s_asideInMemory && aside)
        {
            queue.Entries.Dequeue();
            _entries--;
        }
        else
        {
            ReplaceHead(queue, again);
        }

        Place(queue, now);
        if (decision.State == DeliveryState.Pending && aside && !attempt.Delivery.Aside && decision.NextAt - now <= s_asideInMemory)
        {
            var own = QueueOf(again.EndpointId, AsideKey(again.Id));
            Append(own, again);
            Place(own, now);
        }

        List(lane, now);
    }

    /// <summary>What came of these deliveries' attempts is in the database.</summary>
    public void Written(IEnumerable<long> ids)
    {
        foreach (var id in ids) _settling.Remove(id);
    }

    /// <summary>
    /// What waits for the endpoint is due now, also what is still to be read from the database; somebody knows that it answers
    /// again.
    /// </summary>
    public void Retry(string endpointId, DateTimeOffset now)
    {
        var lane = LaneOf(endpointId);
        (lane.HoldUntil, lane.IsRetried) = (default, true);
        WakeAll(lane, now);
        List(lane, now);
    }

    /// <summary>Forgets what waits for the endpoint.</summary>
    public void Remove(string endpointId)
    {
        if (!_lanes.Remove(endpointId, out var lane)) return;
        lane.IsRemoved = true;
        foreach (var queue in lane.Queues.Values) _entries -= queue.Entries.Count;
        lane.Queues.Clear();
        lane.Ready.Clear();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        foreach (var endpointId in _lanes.Keys.ToArray()) Remove(endpointId);
    }

    private static string AsideKey(long id) => $"\n{id}";

    private EndpointLane LaneOf(string endpointId)
    {
        if (!_lanes.TryGetValue(endpointId, out var lane)) _lanes.Add(endpointId, lane = new EndpointLane(endpointId));
        return lane;
    }

    private DeliveryQueue QueueOf(string endpointId, string key)
    {
        var lane = LaneOf(endpointId);
        if (!lane.Queues.TryGetValue(key, out var queue)) lane.Queues.Add(key, queue = new DeliveryQueue(lane, key));
        return queue;
    }

    private void Append(DeliveryQueue queue, PendingDelivery delivery)
    {
        queue.Entries.Enqueue(delivery);
        queue.LoadedTo = delivery.Id;
        _entries++;
    }

    private void ReplaceHead(DeliveryQueue queue, PendingDelivery head)
    {
        _entries -= queue.Entries.Count;
        queue.ReplaceHead(head);
        _entries += queue.Entries.Count;
    }

    // Where a queue stands after something has changed.
    private void Place(DeliveryQueue queue, DateTimeOffset now)
    {
        if (queue.IsBusy || queue.IsReady) return;
        if (!queue.Entries.TryPeek(out var head))
        {
            if (queue.IsLoading) return;
            if (queue.HasMore)
            {
                queue.IsLoading = true;
                _loads.Enqueue(queue);
                return;
            }

            queue.Lane.Queues.Remove(queue.Key);
            if (queue.Lane is { Queues.Count: 0, InFlight: 0, FailuresInRow: 0 } idle && idle.HoldUntil <= now)
            {
                idle.IsRemoved = true;
                _lanes.Remove(idle.EndpointId);
            }

            return;
        }

        if (head.NextAt > now)
        {
            queue.Ticket = ++_tickets;
            _waiting.Enqueue((queue, queue.Ticket), head.NextAt.UtcTicks);
            return;
        }

        queue.IsReady = true;
        queue.Lane.Ready.Enqueue(queue);
        List(queue.Lane, now);
    }

    private void Wait(EndpointLane lane, DateTimeOffset until) => _waiting.Enqueue((lane, 0), until.UtcTicks);

    private void Wake(DateTimeOffset now)
    {
        while (_waiting.TryPeek(out var item, out var ticks) && ticks <= now.UtcTicks)
        {
            _waiting.Dequeue();
            if (item.Target is EndpointLane lane) List(lane, now);
            else if (item.Target is DeliveryQueue queue && queue.Ticket == item.Ticket && !queue.Lane.IsRemoved) Place(queue, now);
        }
    }

    private void WakeAll(EndpointLane lane, DateTimeOffset now)
    {
        foreach (var queue in lane.Queues.Values.ToArray())
        {
            if (queue.IsBusy || queue.IsReady || !queue.Entries.TryPeek(out var head) || head.NextAt <= now) continue;
            ReplaceHead(queue, head with { NextAt = now });
            // Outdates its entry among the waiting ones.
            queue.Ticket = ++_tickets;
            Place(queue, now);
        }
    }

    private bool MayStart(EndpointLane lane, DateTimeOffset now) =>
        lane.Ready.Count > 0 && lane.HoldUntil <= now && lane.InFlight < (lane.IsStruggling ? 1 : limits.PerEndpoint);

    private void List(EndpointLane lane, DateTimeOffset now)
    {
        if (lane.IsListed || lane.IsRemoved || !MayStart(lane, now)) return;
        lane.IsListed = true;
        (lane.IsStruggling ? _struggling : _healthy).Enqueue(lane);
    }
}
