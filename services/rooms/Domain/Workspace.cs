namespace LiveStream.Rooms.Domain;

/// <summary>A customer of the server: owns templates and rooms, and the <see cref="WorkspaceKey"/>s that sign its tokens.</summary>
public sealed class Workspace
{
    /// <summary>The customer id (<c>account_id</c> in webhooks), 24 hex digits.</summary>
    public required string CustomerId { get; init; }

    /// <summary>24 hex digits.</summary>
    public required string AppId { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>A workspace with new ids; it needs a key to be of use.</summary>
    public static Workspace Create(string name, DateTimeOffset now) => new()
    {
        CustomerId = ObjectId.New(now),
        AppId = ObjectId.New(now),
        Name = name,
        CreatedAt = now,
    };
}
