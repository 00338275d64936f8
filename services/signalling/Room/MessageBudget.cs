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

/// <summary>How many messages one peer may send: a token bucket, and an end to patience. Time enters as an argument.</summary>
internal sealed class MessageBudget(int perSecond, int burst, int maxRefused)
{
    private double _tokens = burst;
    private long? _at;
    private int _refused;

    /// <param name="now">Monotonic time in milliseconds.</param>
    public BudgetVerdict Take(long now)
    {
        _tokens = Math.Min(burst, _tokens + Math.Max(0, now - (_at ?? now)) * perSecond / 1000.0);
        _at = now;
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
