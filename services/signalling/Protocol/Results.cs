using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveStream.Signalling.Protocol;

/// <summary>Done, and nothing more to say.</summary>
internal sealed record EmptyResult
{
    public static EmptyResult Value { get; } = new();
}

/// <summary>Result of <c>ping</c>.</summary>
internal sealed record PongResult([property: JsonPropertyName("timestamp")] long Timestamp);

/// <summary>Result of <c>join</c> with an offer, and of <c>offer</c>.</summary>
internal sealed record AnswerResult(
    [property: JsonPropertyName("sdp")] string Sdp,
    [property: JsonPropertyName("sfu_node_id")] string? NodeId)
{
    [JsonPropertyName("type")]
    public string Type { get; } = "answer";
}

/// <summary>Result of <c>broadcast</c>: the sender shows its own message by it.</summary>
internal sealed record BroadcastResult(
    [property: JsonPropertyName("message_id")] string MessageId,
    [property: JsonPropertyName("timestamp")] long Timestamp);

/// <summary>Result of the group methods.</summary>
internal sealed record GroupsResult([property: JsonPropertyName("groups")] IReadOnlyList<string> Groups);

/// <summary>Result of <c>get-metadata</c> without a key.</summary>
internal sealed record AllMetadataResult([property: JsonPropertyName("data")] IReadOnlyDictionary<string, JsonElement?> Data);

/// <summary>Result of <c>find-peer</c> and <c>peer-iter-next</c>.</summary>
internal sealed record PeerPageResult(
    [property: JsonPropertyName("iterator")] string Iterator,
    [property: JsonPropertyName("total")] int Total,
    [property: JsonPropertyName("eof")] bool Eof,
    [property: JsonPropertyName("peers")] IReadOnlyList<PeerInfo> Peers);

/// <summary>Result of <c>peer-name-search</c>.</summary>
internal sealed record NameSearchResult(
    [property: JsonPropertyName("count")] int Count,
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("offset")] int Offset,
    [property: JsonPropertyName("eof")] bool Eof,
    [property: JsonPropertyName("peers")] IReadOnlyList<NamedPeer> Peers);

/// <summary>A peer found by its name.</summary>
internal sealed record NamedPeer(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("peer_id")] string PeerId,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("type")] string Type = "regular");
