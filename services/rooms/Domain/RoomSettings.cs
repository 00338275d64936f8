namespace LiveStream.Rooms.Domain;

/// <summary>A field of a request: left out, or given, possibly as null.</summary>
public readonly record struct Given<T>(bool IsGiven, T Value)
{
    /// <summary>The value, or that one where it was left out.</summary>
    public T Or(T other) => IsGiven ? Value : other;
}

/// <summary>What a caller says about a room; checked by itself, not yet against the room it is for.</summary>
public sealed record RoomSettings
{
    /// <summary>See <see cref="Room.Name"/>.</summary>
    public Given<string> Name { get; init; }

    /// <summary>See <see cref="Room.Description"/>.</summary>
    public Given<string> Description { get; init; }

    /// <summary>See <see cref="Room.TemplateId"/>; null for the workspace's default template.</summary>
    public string? TemplateId { get; init; }

    /// <summary>See <see cref="Room.Region"/>.</summary>
    public Given<string> Region { get; init; }

    /// <summary>See <see cref="Room.LargeRoom"/>.</summary>
    public Given<bool> LargeRoom { get; init; }

    /// <summary>See <see cref="Room.Size"/>.</summary>
    public Given<int?> Size { get; init; }

    /// <summary>See <see cref="Room.MaxDurationSeconds"/>.</summary>
    public Given<int?> MaxDurationSeconds { get; init; }

    /// <summary>See <see cref="Room.Recording"/>.</summary>
    public Given<RoomRecording?> Recording { get; init; }

    /// <summary>See <see cref="Room.Webhook"/>.</summary>
    public Given<RoomWebhook?> Webhook { get; init; }

    /// <summary>See <see cref="Room.Polls"/>.</summary>
    public Given<IReadOnlyList<string>> Polls { get; init; }

    /// <summary>See <see cref="Room.Enabled"/>.</summary>
    public Given<bool> Enabled { get; init; }
}
