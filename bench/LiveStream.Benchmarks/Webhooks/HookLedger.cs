namespace LiveStream.Benchmarks.Webhooks;

/// <summary>
/// What a receiver that refuses some requests, and all while it is away, has taken: what is still missing, what came more often than
/// once, and what came first after something that happened later in its room. Safe from several threads.
/// </summary>
internal sealed class HookLedger(double failingShare)
{
    private const int Unavailable = 503, Broken = 500, Ok = 200;

    private readonly Lock _gate = new();
    private readonly Random _chance = new(1);
    private readonly Dictionary<string, (HashSet<int> Taken, int Last)> _rooms = new(StringComparer.Ordinal);
    private int _requests, _refused, _arrived, _duplicates, _disorder;
    private bool _away;

    /// <summary>Requests so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Requests that were answered with a failure.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Different events that were taken.</summary>
    public int Arrived => Volatile.Read(ref _arrived);

    /// <summary>Requests with an event that was taken before.</summary>
    public int Duplicates => Volatile.Read(ref _duplicates);

    /// <summary>Events that were taken after a later one of their room.</summary>
    public int OutOfOrder => Volatile.Read(ref _disorder);

    /// <summary>Whether the receiver refuses everything.</summary>
    public bool IsAway
    {
        get { lock (_gate) return _away; }
        set { lock (_gate) _away = value; }
    }

    /// <summary>The status of the answer.</summary>
    public int Take(HookArrival arrival)
    {
        lock (_gate)
        {
            _requests++;
            if (_away || _chance.NextDouble() < failingShare)
            {
                _refused++;
                return _away ? Unavailable : Broken;
            }

            var (taken, last) = _rooms.TryGetValue(arrival.RoomId, out var room) ? room : ([], -1);
            if (!taken.Add(arrival.Number))
            {
                _duplicates++;
                return Ok;
            }

            _arrived++;
            if (arrival.Number < last) _disorder++;
            _rooms[arrival.RoomId] = (taken, Math.Max(last, arrival.Number));
            return Ok;
        }
    }
}
