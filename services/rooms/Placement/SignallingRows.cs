namespace LiveStream.Rooms.Placement;

/// <summary>A signalling process that lives.</summary>
internal sealed class SignallingNodeRow
{
    /// <summary>Names this life of the process.</summary>
    public required string LeaseId { get; init; }

    /// <summary>Unique among those that live.</summary>
    public required string NodeId { get; init; }

    /// <summary>Where it is called.</summary>
    public required string ControlAddress { get; init; }

    /// <summary>Where the others send what belongs to its rooms.</summary>
    public required string HttpAddress { get; init; }

    /// <summary>Where clients reach it; empty: where they reach all.</summary>
    public required string PublicUrl { get; init; }

    /// <summary>Peers that it has.</summary>
    public int Peers { get; init; }

    /// <summary>Peers that it can have.</summary>
    public int Capacity { get; init; }

    /// <summary>When it was heard last.</summary>
    public DateTimeOffset HeardAt { get; init; }
}

/// <summary>Who has a room.</summary>
internal sealed class RoomHostRow
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>Life of the process that has it.</summary>
    public required string LeaseId { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset ClaimedAt { get; init; }
}
