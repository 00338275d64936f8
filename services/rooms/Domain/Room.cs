namespace LiveStream.Rooms.Domain;

/// <summary>A room: a name, and the template whose roles say what people may do in it.</summary>
public sealed class Room
{
    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Owner.</summary>
    public required string CustomerId { get; init; }

    /// <summary>The template with the room's roles.</summary>
    public required string TemplateId { get; init; }

    /// <summary>Unique in the workspace, whatever the case.</summary>
    public required string Name { get; set; }

    /// <summary>For people.</summary>
    public string Description { get; set; } = "";

    /// <summary>False: nobody may join any more; who is inside stays.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Last change.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }
}
