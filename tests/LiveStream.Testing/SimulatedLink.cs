namespace LiveStream.Testing;

/// <summary>What a <see cref="SimulatedLink"/> does to packets; probabilities are 0 to 1.</summary>
public sealed record SimulatedLinkOptions
{
    /// <summary>Probability that a packet vanishes.</summary>
    public double Loss { get; init; }

    /// <summary>Probability that a packet arrives a second time, <see cref="ReorderDelay"/> later.</summary>
    public double Duplicate { get; init; }

    /// <summary>Probability that a packet is held back by <see cref="ReorderDelay"/>, so that later ones overtake it.</summary>
    public double Reorder { get; init; }

    /// <summary>One-way delay of every packet.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Extra delay, uniform from zero to this; order is kept.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>How long a reordered packet is held back.</summary>
    public TimeSpan ReorderDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Capacity in bits per second; zero is without bound.</summary>
    public long BitsPerSecond { get; init; }

    /// <summary>Queueing delay beyond which a packet is dropped when <see cref="BitsPerSecond"/> is set.</summary>
    public TimeSpan MaxQueue { get; init; } = TimeSpan.FromMilliseconds(200);
}

/// <summary>One direction of a lossy network in virtual time; equal seeds give equal fates.</summary>
public sealed class SimulatedLink(int seed, SimulatedLinkOptions options)
{
    private readonly Random _random = new(seed);
    private readonly PriorityQueue<byte[], (TimeSpan Arrival, long Order)> _inFlight = new();
    private long _order;
    private TimeSpan _lastArrival, _transmitterFree;

    /// <summary>Packets handed in.</summary>
    public long Sent { get; private set; }

    /// <summary>Packets lost by chance or at the full queue.</summary>
    public long Dropped { get; private set; }

    /// <summary>When the next packet arrives; null when the link is empty.</summary>
    public TimeSpan? NextArrival => _inFlight.TryPeek(out _, out var key) ? key.Arrival : null;

    /// <summary>Hands a packet (copied) to the link.</summary>
    public void Send(ReadOnlySpan<byte> packet, TimeSpan now)
    {
        Sent++;
        // Each fate is drawn for every packet, so that changing one probability leaves the other draws alone.
        var (lost, held, doubled, jitter) = (_random.NextDouble(), _random.NextDouble(), _random.NextDouble(), _random.NextDouble());
        if (lost < options.Loss || !TryTransmit(packet.Length, now, out var departure))
        {
            Dropped++;
            return;
        }
        var arrival = departure + options.Delay + options.Jitter * jitter;
        if (held < options.Reorder)
        {
            arrival += options.ReorderDelay;
        }
        else
        {
            if (arrival < _lastArrival) arrival = _lastArrival;
            _lastArrival = arrival;
        }
        _inFlight.Enqueue(packet.ToArray(), (arrival, _order++));
        if (doubled < options.Duplicate) _inFlight.Enqueue(packet.ToArray(), (arrival + options.ReorderDelay, _order++));
    }

    /// <summary>The next packet that has arrived by <paramref name="now"/>.</summary>
    public bool TryReceive(TimeSpan now, out byte[] packet)
    {
        if (NextArrival is { } arrival && arrival <= now)
        {
            packet = _inFlight.Dequeue();
            return true;
        }
        packet = [];
        return false;
    }

    private bool TryTransmit(int bytes, TimeSpan now, out TimeSpan departure)
    {
        departure = now;
        if (options.BitsPerSecond == 0) return true;
        var start = _transmitterFree > now ? _transmitterFree : now;
        if (start - now > options.MaxQueue) return false;
        departure = _transmitterFree = start + TimeSpan.FromSeconds(bytes * 8.0 / options.BitsPerSecond);
        return true;
    }
}
