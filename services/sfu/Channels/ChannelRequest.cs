using System.Text.Json;
using LiveStream.Sfu.Router.Layers;

namespace LiveStream.Sfu.Channels;

/// <summary>Why a text of a client is no request that can be done.</summary>
internal enum ChannelRequestError : byte
{
    None,

    /// <summary>Not a JSON object, too long, or without an id: there is nobody to answer to.</summary>
    Unanswerable,

    /// <summary>A method that is not known.</summary>
    UnknownMethod,

    /// <summary>Parameters are missing or wrong.</summary>
    BadParameters,
}

/// <summary>
/// A request of the client protocol on the data channel <see cref="Label"/>, JSON-RPC 2.0:
/// <c>prefer-video-track-state {track_id, max_spatial_layer}</c> or <c>prefer-audio-track-state {track_id, subscribed}</c>.
/// </summary>
internal readonly record struct ChannelRequest
{
    /// <summary>Label of the channel.</summary>
    public const string Label = "ion-sfu";

    /// <summary>Longest request, in bytes.</summary>
    public const int MaximumBytes = 16 << 10;

    private const int MaximumId = 128, MaximumTrackId = 256, MaximumDepth = 16;

    private static readonly JsonReaderOptions s_options = new() { MaxDepth = MaximumDepth, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>Repeated in the reply.</summary>
    public required string Id { get; init; }

    /// <summary>The track that is meant.</summary>
    public string TrackId { get; init; }

    /// <summary>For a video track; null for an audio track.</summary>
    public PreferredLayer? Layer { get; init; }

    /// <summary>For an audio track.</summary>
    public bool Subscribed { get; init; }

    /// <summary>Reads a text. Any bytes give a request or an error; with an error that can be answered <see cref="Id"/> is set.</summary>
    public static ChannelRequestError TryParse(ReadOnlySpan<byte> text, out ChannelRequest request)
    {
        request = default;
        if (text.Length > MaximumBytes) return ChannelRequestError.Unanswerable;
        var fields = default(Fields);
        try
        {
            if (!fields.Read(text)) return ChannelRequestError.Unanswerable;
        }
        catch (JsonException)
        {
            // The reader has no other way to say so; this is not the path of packets.
            return ChannelRequestError.Unanswerable;
        }
        catch (InvalidOperationException)
        {
            // A string whose bytes or escapes are not Unicode.
            return ChannelRequestError.Unanswerable;
        }

        if (fields.Id is not { Length: > 0 and <= MaximumId } id) return ChannelRequestError.Unanswerable;
        request = new ChannelRequest { Id = id, TrackId = fields.TrackId ?? "" };
        var hasTrack = request.TrackId.Length is > 0 and <= MaximumTrackId;
        switch (fields.Method)
        {
            case "prefer-video-track-state":
                if (!hasTrack || LayerOf(fields.Layer) is not { } layer) return ChannelRequestError.BadParameters;
                request = request with { Layer = layer };
                return ChannelRequestError.None;
            case "prefer-audio-track-state":
                if (!hasTrack || fields.Subscribed is not { } subscribed) return ChannelRequestError.BadParameters;
                request = request with { Subscribed = subscribed };
                return ChannelRequestError.None;
            default:
                return ChannelRequestError.UnknownMethod;
        }
    }

    private static PreferredLayer? LayerOf(string? name) => name switch
    {
        "none" => PreferredLayer.None,
        "low" => PreferredLayer.Low,
        "medium" => PreferredLayer.Medium,
        "high" => PreferredLayer.High,
        _ => null,
    };

    // What the object says; the last of several members of one name counts.
    private struct Fields
    {
        public string? Id, Method, TrackId, Layer;
        public bool? Subscribed;

        public bool Read(ReadOnlySpan<byte> text)
        {
            var reader = new Utf8JsonReader(text, s_options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isId, isMethod, isParameters) = (reader.ValueTextEquals("id"u8), reader.ValueTextEquals("method"u8), reader.ValueTextEquals("params"u8));
                reader.Read();
                if (isId) Id = Text(ref reader);
                else if (isMethod) Method = Text(ref reader);
                else if (isParameters && reader.TokenType == JsonTokenType.StartObject) ReadParameters(ref reader);
                else reader.Skip();
            }

            // Nothing may follow the object.
            return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }

        private static string? Text(ref Utf8JsonReader reader)
        {
            if (reader.TokenType == JsonTokenType.String) return reader.GetString();
            reader.Skip();
            return null;
        }

        private void ReadParameters(ref Utf8JsonReader reader)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isTrack, isLayer, isSubscribed) =
                    (reader.ValueTextEquals("track_id"u8), reader.ValueTextEquals("max_spatial_layer"u8), reader.ValueTextEquals("subscribed"u8));
                reader.Read();
                if (isTrack) TrackId = Text(ref reader);
                else if (isLayer) Layer = Text(ref reader);
                else if (isSubscribed && reader.TokenType is JsonTokenType.True or JsonTokenType.False) Subscribed = reader.GetBoolean();
                else reader.Skip();
            }
        }
    }
}
