namespace LiveStream.Webhooks.Delivery;

/// <summary>
/// Pauses between the attempts of a delivery. The built-in ones are 1, 3 and 10 seconds as documented, then ever longer up to 12
/// hours: at least 75 hours in all, at most a fifth more, for the longer ones are drawn out by chance so that what failed
/// together does not come back together.
/// </summary>
internal sealed class RetrySchedule
{
    // What is short is kept exactly.
    private static readonly TimeSpan s_drawnOutFrom = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan[] s_builtIn =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4),
        TimeSpan.FromHours(8), TimeSpan.FromHours(12), TimeSpan.FromHours(12), TimeSpan.FromHours(12), TimeSpan.FromHours(12), TimeSpan.FromHours(12),
    ];

    private readonly TimeSpan[] _delays;

    /// <summary>With these pauses; the built-in ones for none.</summary>
    public RetrySchedule(IEnumerable<TimeSpan>? delays = null)
    {
        TimeSpan[] given = [.. delays ?? []];
        _delays = given.Length > 0 ? given : s_builtIn;
    }

    /// <summary>The built-in pauses without chance.</summary>
    public static IReadOnlyList<TimeSpan> BuiltIn => s_builtIn;

    /// <summary>Pause after so many attempts (1 is the first); null when it was the last. Chance is from 0 to 1.</summary>
    public TimeSpan? DelayAfter(int attempts, double chance)
    {
        if (attempts < 1 || attempts > _delays.Length) return null;
        var delay = _delays[attempts - 1];
        return delay < s_drawnOutFrom ? delay : delay * (1 + chance / 5);
    }

    /// <summary>The same for what is repeated by hand: it ends after the documented three.</summary>
    public TimeSpan? DelayAfterRepeated(int attempts, double chance) => attempts > 3 ? null : DelayAfter(attempts, chance);
}
