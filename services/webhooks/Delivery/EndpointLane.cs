namespace LiveStream.Webhooks.Delivery;

/// <summary>Deliveries of one endpoint in memory. Belongs to <see cref="DeliveryScheduler"/>.</summary>
internal sealed class EndpointLane(string endpointId)
{
    /// <summary>Failures in a row after which an endpoint gets one attempt at a time.</summary>
    public const int StrugglingFrom = 5;

    public string EndpointId => endpointId;

    public Dictionary<string, DeliveryQueue> Queues { get; } = new(StringComparer.Ordinal);

    /// <summary>Queues whose head is due.</summary>
    public Queue<DeliveryQueue> Ready { get; } = new();

    public int InFlight { get; set; }

    public int FailuresInRow { get; set; }

    /// <summary>The receiver wants nothing before that.</summary>
    public DateTimeOffset HoldUntil { get; set; }

    /// <summary>Somebody said that it answers again, and no attempt has shown otherwise: nothing waits for its time.</summary>
    public bool IsRetried { get; set; }

    /// <summary>Whether it stands in a list of lanes that may start.</summary>
    public bool IsListed { get; set; }

    /// <summary>Its endpoint is gone.</summary>
    public bool IsRemoved { get; set; }

    public bool IsStruggling => FailuresInRow >= StrugglingFrom;
}

/// <summary>Deliveries that wait for each other. In memory are the next ones; the others stay in the database.</summary>
internal sealed class DeliveryQueue(EndpointLane lane, string key)
{
    /// <summary>Attempts, quickly repeated, during which a queue stays in memory: a receiver that stumbles is no reason to read again.</summary>
    public const int PatientAttempts = 3;

    public EndpointLane Lane => lane;

    public string Key => key;

    public Queue<PendingDelivery> Entries { get; private set; } = new();

    /// <summary>There are, or may be, more in the database, behind <see cref="LoadedTo"/>.</summary>
    public bool HasMore { get; set; }

    /// <summary>The last id that was in memory.</summary>
    public long LoadedTo { get; set; }

    /// <summary>Rows were asked for.</summary>
    public bool IsLoading { get; set; }

    /// <summary>Its head is being sent.</summary>
    public bool IsBusy { get; set; }

    /// <summary>It stands in <see cref="EndpointLane.Ready"/>.</summary>
    public bool IsReady { get; set; }

    /// <summary>Of its entry among the waiting ones; others are outdated.</summary>
    public long Ticket { get; set; }

    /// <summary>Whether the head has failed so often that those behind it are left to the database.</summary>
    public bool IsStuck => Entries.TryPeek(out var head) && head.Attempts > PatientAttempts;

    /// <summary>Replaces the head. While it fails the others do not go out, and soon they are left to the database.</summary>
    public void ReplaceHead(PendingDelivery head)
    {
        if (head.Attempts <= PatientAttempts)
        {
            Entries = new Queue<PendingDelivery>(Entries.Skip(1).Prepend(head));
            return;
        }

        HasMore |= Entries.Count > 1;
        if (Entries.Count > 1) LoadedTo = head.Id;
        Entries = new Queue<PendingDelivery>([head]);
    }
}
