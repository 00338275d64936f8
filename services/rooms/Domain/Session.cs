namespace LiveStream.Rooms.Domain;

/// <summary>What happened in a room from the first peer that joined until the room was empty or ended. A room has one at a time.</summary>
public sealed class Session
{
    /// <summary>24 hex digits; sorts by age.</summary>
    public required string Id { get; init; }

    /// <summary>Owner of the room.</summary>
    public required string CustomerId { get; init; }

    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>False once it is over.</summary>
    public bool Active { get; private set; } = true;

    /// <summary>When it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Last change; once it is over, its end.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Ends it. True if that is news.</summary>
    public bool Close(DateTimeOffset at)
    {
        if (!Active) return false;
        Active = false;
        Touch(at);
        return true;
    }

    /// <summary>Something in it changed; its time never runs backwards.</summary>
    public void Touch(DateTimeOffset at) => UpdatedAt = at > UpdatedAt ? at : UpdatedAt;
}

/// <summary>A person in a session.</summary>
public sealed class SessionPeer
{
    /// <summary>The session.</summary>
    public required string SessionId { get; init; }

    /// <summary>UUID, of this stay.</summary>
    public required string Id { get; init; }

    /// <summary>As shown to others; may be empty.</summary>
    public required string Name { get; set; }

    /// <summary>The role held last.</summary>
    public required string Role { get; set; }

    /// <summary>The customer's own id of the person; may be empty.</summary>
    public string UserId { get; init; } = "";

    /// <summary>Of the token that the person came with, by which it may come back to another process; empty where nobody told.</summary>
    public string TokenHash { get; init; } = "";

    /// <summary>When the person came.</summary>
    public required DateTimeOffset JoinedAt { get; init; }

    /// <summary>When the person left; null while present.</summary>
    public DateTimeOffset? LeftAt { get; private set; }

    /// <summary>The person is gone. True if that is news.</summary>
    public bool Leave(DateTimeOffset at)
    {
        if (LeftAt is not null) return false;
        LeftAt = at > JoinedAt ? at : JoinedAt;
        return true;
    }
}
