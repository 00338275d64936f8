namespace LiveStream.Webhooks.Delivery;

/// <summary>What one attempt came to.</summary>
/// <param name="Status">HTTP status; 0 where there was no reply.</param>
/// <param name="RetryAfter">When the receiver wants the next attempt, from now; null where it does not say.</param>
/// <param name="Error">What failed where there was no reply, such as <c>timeout</c>; else empty.</param>
/// <param name="Reply">The beginning of the reply's body, as text.</param>
/// <param name="At">When it began.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record AttemptOutcome(int Status, TimeSpan? RetryAfter, string Error, string Reply, DateTimeOffset At, TimeSpan Duration);

/// <summary>What becomes of a delivery.</summary>
internal enum DeliveryState
{
    /// <summary>Another attempt follows.</summary>
    Pending = 1,
    /// <summary>The receiver has it.</summary>
    Delivered = 2,
    /// <summary>Given up.</summary>
    Failed = 3,
    /// <summary>Its endpoint was turned off or removed before.</summary>
    Cancelled = 4,
}

/// <summary>What follows from an attempt.</summary>
/// <param name="State">Of the delivery.</param>
/// <param name="NextAt">The next attempt, where one follows.</param>
/// <param name="DisableEndpoint">Why the endpoint gets nothing more; null where it does.</param>
/// <param name="HoldUntil">The endpoint asked for nothing until then; null where it did not.</param>
internal readonly record struct DeliveryDecision(DeliveryState State, DateTimeOffset NextAt, string? DisableEndpoint, DateTimeOffset? HoldUntil);

/// <summary>Decides after each attempt. Pure: facts, time and chance in, decision out.</summary>
internal sealed class DeliveryPolicy(RetrySchedule schedule, TimeSpan disableAfter, bool requireStatus200)
{
    /// <summary>Longest pause that a receiver may ask for.</summary>
    public static readonly TimeSpan LongestHold = TimeSpan.FromHours(1);

    private const int Ok = 200, Gone = 410, TooManyRequests = 429, ServiceUnavailable = 503;

    /// <summary>Whether the receiver has the event.</summary>
    public bool IsSuccess(int status) => requireStatus200 ? status == Ok : status is >= 200 and <= 299;

    /// <summary>The decision.</summary>
    /// <param name="outcome">Of the attempt.</param>
    /// <param name="attempts">Attempts so far, this one included.</param>
    /// <param name="repeated">It is a resend or part of a replay.</param>
    /// <param name="failingSince">When the endpoint began to fail; null where this is its first failure.</param>
    /// <param name="now">When the attempt ended.</param>
    /// <param name="chance">From 0 to 1.</param>
    public DeliveryDecision After(AttemptOutcome outcome, int attempts, bool repeated, DateTimeOffset? failingSince, DateTimeOffset now, double chance)
    {
        if (IsSuccess(outcome.Status)) return new(DeliveryState.Delivered, default, null, null);
        if (outcome.Status == Gone) return new(DeliveryState.Failed, default, "the receiver answered 410 Gone", null);
        if (now - failingSince >= disableAfter) return new(DeliveryState.Failed, default, $"nothing has arrived since {failingSince:yyyy-MM-dd'T'HH:mm:ss'Z'}", null);

        DateTimeOffset? hold = null;
        if (outcome.Status is TooManyRequests or ServiceUnavailable && outcome.RetryAfter is { } asked)
            hold = now + (asked < LongestHold ? asked : LongestHold);
        var delay = repeated ? schedule.DelayAfterRepeated(attempts, chance) : schedule.DelayAfter(attempts, chance);
        if (delay is not { } pause) return new(DeliveryState.Failed, default, null, hold);
        var next = now + pause;
        return new(DeliveryState.Pending, hold > next ? hold.Value : next, null, hold);
    }
}
