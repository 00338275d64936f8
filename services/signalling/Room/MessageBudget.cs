namespace LiveStream.Signalling.Room;

/// <summary>What becomes of a message that a peer sends.</summary>
internal enum BudgetVerdict
{
    Admitted,
    /// <summary>Too many for now.</summary>
    Refused,
    /// <summary>It does not stop.</summary>
    Exhausted,
}

/// <summary>
/// How many messages one peer may send, whichever socket it sends them by: a token bucket, and an end to patience. Time enters as
/// an argument: monotonic milliseconds. Safe for concurrent use.
/// </summary>
internal sealed class MessageBudget(int perSecond, int burst, int maxRefused)
{
    private readonly Lock _gate = new();
    private double _tokens = burst;
    private long? _at;
    private int _refused;

    /// <summary>Takes the price of one message.</summary>
    public BudgetVerdict Take(long now)
    {
        lock (_gate)
        {
            Refill(now);
            if (_tokens >= 1)
            {
                _tokens--;
                // Patience comes back only with room to spare: a flood that takes every token as it comes goes on being one.
                if (_tokens >= burst / 2.0) _refused = 0;
                return BudgetVerdict.Admitted;
            }

            return ++_refused > maxRefused ? BudgetVerdict.Exhausted : BudgetVerdict.Refused;
        }
    }

    /// <summary>Takes what an admitted message costs beyond that: what it makes the room write. May leave a debt.</summary>
    public void Charge(int messages)
    {
        lock (_gate) _tokens -= messages;
    }

    /// <summary>Nothing is owed, and nothing was refused lately: a new one would be the same.</summary>
    public bool IsFresh(long now)
    {
        lock (_gate)
        {
            Refill(now);
            return _tokens >= burst;
        }
    }

    private void Refill(long now)
    {
        _tokens = Math.Min(burst, _tokens + Math.Max(0, now - (_at ?? now)) * perSecond / 1000.0);
        _at = now;
    }
}
