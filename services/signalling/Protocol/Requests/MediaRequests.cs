using System.Text.Json.Serialization;

namespace LiveStream.Signalling.Protocol.Requests;

/// <summary><c>offer</c>: the publish connection changes. The tracks are all that are published then, not a difference.</summary>
internal sealed record OfferParams
{
    [JsonPropertyName("desc")]
    public SessionDescriptionParams? Description { get; init; }

    [JsonPropertyName("tracks")]
    public Dictionary<string, TrackInfo?>? Tracks { get; init; }
}

/// <summary><c>answer</c> to the server's offer of the subscribe connection.</summary>
internal sealed record AnswerParams
{
    [JsonPropertyName("desc")]
    public SessionDescriptionParams? Description { get; init; }
}

/// <summary><c>trickle</c>: one more candidate.</summary>
internal sealed record TrickleParams
{
    /// <summary>0 the publish connection, 1 the subscribe connection.</summary>
    [JsonPropertyName("target")]
    public int Target { get; init; }

    [JsonPropertyName("candidate")]
    public CandidateParams? Candidate { get; init; }
}

/// <summary>A candidate as browsers write it (RTCIceCandidateInit).</summary>
internal sealed record CandidateParams
{
    /// <summary>Empty at the end of the candidates.</summary>
    [JsonPropertyName("candidate")]
    public string? Candidate { get; init; }

    [JsonPropertyName("sdpMid")]
    public string? Mid { get; init; }

    [JsonPropertyName("sdpMLineIndex")]
    public int? MediaLineIndex { get; init; }

    [JsonPropertyName("usernameFragment")]
    public string? UsernameFragment { get; init; }
}

/// <summary><c>track-update</c>: tracks of the sender are muted, unmuted or described anew.</summary>
internal sealed record TrackUpdateParams
{
    [JsonPropertyName("tracks")]
    public Dictionary<string, TrackInfo?>? Tracks { get; init; }
}

/// <summary><c>track-update-request</c>: somebody else's track shall be muted or unmuted.</summary>
internal sealed record TrackUpdateRequestParams
{
    [JsonPropertyName("requested_for")]
    public string? RequestedFor { get; init; }

    [JsonPropertyName("track_id")]
    public string? TrackId { get; init; }

    [JsonPropertyName("stream_id")]
    public string? StreamId { get; init; }

    [JsonPropertyName("mute")]
    public bool Mute { get; init; }
}

/// <summary><c>change-track-mute-state-request</c>: tracks of many peers shall be muted or unmuted.</summary>
internal sealed record MuteStateRequestParams
{
    /// <summary>One peer; absent for many.</summary>
    [JsonPropertyName("requested_for")]
    public string? RequestedFor { get; init; }

    /// <summary>Peers of these roles; absent or empty for everybody.</summary>
    [JsonPropertyName("roles")]
    public List<string>? Roles { get; init; }

    /// <summary><c>audio</c>, <c>video</c>; absent for both.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    [JsonPropertyName("source")]
    public string? Source { get; init; }

    /// <summary>True to mute.</summary>
    [JsonPropertyName("value")]
    public bool Value { get; init; }
}
