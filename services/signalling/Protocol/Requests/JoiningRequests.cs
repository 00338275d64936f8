using System.Text.Json.Serialization;

namespace LiveStream.Signalling.Protocol.Requests;

/// <summary>Params that say nothing.</summary>
internal sealed record NoParams;

/// <summary><c>join</c>: the peer enters the room. Flags of the client's own media engine are not read.</summary>
internal sealed record JoinParams
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Metadata, a text of the client's choice.</summary>
    [JsonPropertyName("data")]
    public string? Data { get; init; }

    /// <summary>Of the publish connection; absent for a peer without media.</summary>
    [JsonPropertyName("offer")]
    public SessionDescriptionParams? Offer { get; init; }
}

/// <summary>An SDP with its type.</summary>
internal sealed record SessionDescriptionParams
{
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    [JsonPropertyName("sdp")]
    public string? Sdp { get; init; }
}

/// <summary><c>leave</c>.</summary>
internal sealed record LeaveParams
{
    [JsonPropertyName("client_reason")]
    public string? Reason { get; init; }
}

/// <summary><c>peer-update</c>: another name or metadata; what is absent stays.</summary>
internal sealed record PeerUpdateParams
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("data")]
    public string? Data { get; init; }
}
