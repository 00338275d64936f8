namespace LiveStream.Webhooks.Delivery;

/// <summary>A delivery that is to be attempted.</summary>
/// <param name="Id">Ascending.</param>
/// <param name="EndpointId">Receiver.</param>
/// <param name="Queue">Those of one queue and endpoint go out in the order of their ids.</param>
/// <param name="EventSeq">Row of the event.</param>
/// <param name="EventId">Id of the event.</param>
/// <param name="Type">Name of the event.</param>
/// <param name="Body">What is sent; null where it is still to be read.</param>
/// <param name="Replay">Id of the replay or resend that it belongs to; empty for neither.</param>
/// <param name="Aside">It failed and was passed: it belongs to no queue any more.</param>
/// <param name="Attempts">So far.</param>
/// <param name="FirstAt">The first attempt; null before it.</param>
/// <param name="NextAt">The next attempt is due.</param>
/// <param name="CreatedAt">When the event happened, or was asked for again.</param>
internal sealed record PendingDelivery(
    long Id,
    string EndpointId,
    string Queue,
    long EventSeq,
    Guid EventId,
    string Type,
    byte[]? Body,
    string Replay,
    bool Aside,
    int Attempts,
    DateTimeOffset? FirstAt,
    DateTimeOffset NextAt,
    DateTimeOffset CreatedAt);

/// <summary>An attempt that came to an end, to be written down.</summary>
internal sealed record SettledAttempt(PendingDelivery Delivery, AttemptOutcome Outcome, DeliveryDecision Decision, int Attempts, bool Aside);
