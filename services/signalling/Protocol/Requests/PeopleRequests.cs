using System.Text.Json.Serialization;

namespace LiveStream.Signalling.Protocol.Requests;

/// <summary><c>role-change-request</c>: of one peer, forced or by invitation, or of all peers of some roles.</summary>
internal sealed record RoleChangeRequestParams
{
    [JsonPropertyName("requested_for")]
    public string? RequestedFor { get; init; }

    /// <summary>In bulk: the roles whose peers change.</summary>
    [JsonPropertyName("roles")]
    public List<string>? Roles { get; init; }

    /// <summary>The role to have afterwards.</summary>
    [JsonPropertyName("role")]
    public string? Role { get; init; }

    [JsonPropertyName("force")]
    public bool Force { get; init; }
}

/// <summary><c>role-change</c>: the peer accepts an invitation.</summary>
internal sealed record RoleChangeParams
{
    [JsonPropertyName("role")]
    public string? Role { get; init; }

    /// <summary>As the invitation had it.</summary>
    [JsonPropertyName("token")]
    public string? Token { get; init; }
}

/// <summary><c>group-join</c>, <c>group-leave</c>, <c>group-add</c>, <c>group-remove</c>.</summary>
internal sealed record GroupParams
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Another peer, for the last two.</summary>
    [JsonPropertyName("peer_id")]
    public string? PeerId { get; init; }
}

/// <summary><c>peer-leave-request</c>: a peer is removed.</summary>
internal sealed record PeerLeaveRequestParams
{
    [JsonPropertyName("requested_for")]
    public string? RequestedFor { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}

/// <summary><c>end-room</c>.</summary>
internal sealed record EndRoomParams
{
    /// <summary>Nobody may join afterwards.</summary>
    [JsonPropertyName("lock")]
    public bool Lock { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}

/// <summary><c>get-peer</c>.</summary>
internal sealed record GetPeerParams
{
    [JsonPropertyName("peer_id")]
    public string? PeerId { get; init; }
}

/// <summary><c>find-peer</c>: the first page of the peers that meet every condition given.</summary>
internal sealed record FindPeerParams
{
    [JsonPropertyName("limit")]
    public int? Limit { get; init; }

    [JsonPropertyName("role")]
    public string? Role { get; init; }

    [JsonPropertyName("group")]
    public string? Group { get; init; }

    [JsonPropertyName("peerIds")]
    public List<string>? PeerIds { get; init; }
}

/// <summary><c>peer-iter-next</c>: the next page.</summary>
internal sealed record PeerIteratorParams
{
    [JsonPropertyName("iterator")]
    public string? Iterator { get; init; }

    [JsonPropertyName("limit")]
    public int? Limit { get; init; }
}

/// <summary><c>peer-name-search</c>: peers whose name contains a text, whatever the case.</summary>
internal sealed record PeerNameSearchParams
{
    [JsonPropertyName("query")]
    public string? Query { get; init; }

    [JsonPropertyName("limit")]
    public int? Limit { get; init; }

    [JsonPropertyName("offset")]
    public int? Offset { get; init; }
}
