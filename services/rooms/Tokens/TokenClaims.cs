using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Tokens;

/// <summary>Kinds of token, claim <c>type</c>.</summary>
internal static class TokenType
{
    /// <summary>A server that calls REST.</summary>
    public const string Management = "management";

    /// <summary>A client that joins a room.</summary>
    public const string App = "app";
}

/// <summary>The claims of management and auth tokens.</summary>
internal sealed record TokenClaims
{
    [JsonPropertyName("access_key")]
    public string? AccessKey { get; init; }

    [JsonPropertyName("type")]
    public string? Type { get; init; }

    [JsonPropertyName("version")]
    public int Version { get; init; }

    [JsonPropertyName("room_id")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RoomId { get; init; }

    [JsonPropertyName("role")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    [JsonPropertyName("user_id")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? UserId { get; init; }

    [JsonPropertyName("jti")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Jti { get; init; }

    /// <summary>Seconds since 1970; some libraries write a fraction.</summary>
    [JsonPropertyName("iat")]
    public double IssuedAt { get; init; }

    [JsonPropertyName("nbf")]
    public double? NotBefore { get; init; }

    [JsonPropertyName("exp")]
    public double? Expires { get; init; }
}

/// <summary>Generated JSON of token payloads.</summary>
[JsonSerializable(typeof(TokenClaims))]
internal sealed partial class TokenJson : JsonSerializerContext;
