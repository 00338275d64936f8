using LiveStream.Webhooks.Signing;

namespace LiveStream.Webhooks.Destinations;

/// <summary>Who made an endpoint.</summary>
internal static class EndpointSource
{
    /// <summary>REST.</summary>
    public const string Api = "api";

    /// <summary>The <c>webhook</c> of a room.</summary>
    public const string Room = "room";

    /// <summary>The settings.</summary>
    public const string Settings = "settings";
}

/// <summary>A receiver of events. Replaced, never changed.</summary>
/// <param name="Id">24 hex digits; sorts by age.</param>
/// <param name="CustomerId">Workspace; empty for every one.</param>
/// <param name="RoomId">Gets the events of that room only, and instead of the workspace's endpoints; empty for those of all rooms.</param>
/// <param name="Source">One of <see cref="EndpointSource"/>.</param>
/// <param name="Url">http or https.</param>
/// <param name="Headers">Sent along.</param>
/// <param name="EventTypes">Names, or beginnings that end in <c>.*</c>; none is every event.</param>
/// <param name="Description">For people.</param>
/// <param name="Ordered">An event of a room waits for the one before it; otherwise one that failed is passed.</param>
/// <param name="Enabled">Events are sent.</param>
/// <param name="DisabledReason">Why they are not, where the service turned it off.</param>
/// <param name="FailingSince">First failure since the last success; null while all is well.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">Last change.</param>
internal sealed record WebhookEndpoint(
    string Id,
    string CustomerId,
    string RoomId,
    string Source,
    string Url,
    IReadOnlyDictionary<string, string> Headers,
    IReadOnlyList<string> EventTypes,
    string Description,
    bool Ordered,
    bool Enabled,
    string DisabledReason,
    DateTimeOffset? FailingSince,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>Keys that sign, the newest first.</summary>
    public IReadOnlyList<SigningKey> Keys { get; init; } = [];

    /// <summary>Where requests go.</summary>
    public Uri Address => new(Url);

    /// <summary>Whose keys sign what goes there: its own, or the workspace's.</summary>
    public string KeyOwner => Source == EndpointSource.Api ? Id : CustomerId;

    /// <summary>Whether it wants events of that type.</summary>
    public bool Wants(string type)
    {
        if (EventTypes.Count == 0) return true;
        foreach (var wanted in EventTypes)
        {
            if (wanted.EndsWith('*') ? type.AsSpan().StartsWith(wanted.AsSpan(0, wanted.Length - 1), StringComparison.Ordinal) : wanted == type) return true;
        }

        return false;
    }
}
