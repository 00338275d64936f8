using System.Text.Json.Serialization;

using LiveStream.Signalling.Protocol.Requests;

namespace LiveStream.Signalling.Protocol.Notifications;

/// <summary>The server's offer of the subscribe connection.</summary>
internal sealed record SubscribeOffer(
    [property: JsonPropertyName("sdp")] string Sdp,
    [property: JsonPropertyName("sfu_node_id")] string? NodeId) : Notification
{
    internal override string Method => "offer";

    [JsonPropertyName("type")]
    public string Type { get; } = "offer";
}

/// <summary>A candidate of the server.</summary>
internal sealed record Trickle(
    [property: JsonPropertyName("target")] int Target,
    [property: JsonPropertyName("candidate")] CandidateParams Candidate) : Notification
{
    internal override string Method => "trickle";
}

/// <summary>The media node; another one than before makes the client build its connections anew.</summary>
internal sealed record NodeInfo([property: JsonPropertyName("sfu_node_id")] string NodeId) : Notification
{
    internal override string Method => "node-info";
}

/// <summary>Who speaks, loudest first; empty in silence.</summary>
internal sealed record ActiveSpeakers([property: JsonPropertyName("speaker-list")] IReadOnlyList<SpeakerShape> Speakers) : Notification
{
    internal override string Method => "active-speakers";
}

/// <summary>Level from 0 to 100.</summary>
internal sealed record SpeakerShape(
    [property: JsonPropertyName("peer_id")] string PeerId,
    [property: JsonPropertyName("track_id")] string TrackId,
    [property: JsonPropertyName("level")] uint Level);

/// <summary>How well peers are connected.</summary>
internal sealed record OnConnectionQualityUpdate([property: JsonPropertyName("peers")] IReadOnlyList<QualityShape> Peers) : Notification
{
    internal override string Method => "on-connection-quality-update";
}

/// <summary>Score from 0 (worst) to 5; -1 for unknown.</summary>
internal sealed record QualityShape(
    [property: JsonPropertyName("peer_id")] string PeerId,
    [property: JsonPropertyName("downlink_score")] int Score);

/// <summary>The receiver gets other layers than it asked for, or again those.</summary>
internal sealed record OnTrackLayerUpdate([property: JsonPropertyName("tracks")] IReadOnlyDictionary<string, TrackLayerShape> Tracks) : Notification
{
    internal override string Method => "on-track-layer-update";
}

/// <summary>Layers are <c>none</c>, <c>low</c>, <c>medium</c> or <c>high</c>.</summary>
internal sealed record TrackLayerShape(
    [property: JsonPropertyName("track_id")] string TrackId,
    [property: JsonPropertyName("current_layer")] string CurrentLayer,
    [property: JsonPropertyName("expected_layer")] string ExpectedLayer,
    [property: JsonPropertyName("subscriber_degraded")] bool SubscriberDegraded,
    [property: JsonPropertyName("publisher_degraded")] bool PublisherDegraded);
