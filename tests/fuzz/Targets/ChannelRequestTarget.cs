using System.Text.Json;
using LiveStream.Sfu.Channels;

namespace LiveStream.Fuzz.Targets;

/// <summary>Requests on the data channel: any bytes give a request or an error, and what is read is what JsonDocument finds.</summary>
public sealed class ChannelRequestTarget : IFuzzTarget
{
    public string Name => "ChannelRequest";

    public void Run(ReadOnlySpan<byte> input)
    {
        var error = ChannelRequest.TryParse(input, out var request);
        if (error == ChannelRequestError.Unanswerable) return;
        using var document = JsonDocument.Parse(input.ToArray());
        var root = document.RootElement;
        Oracle.Same(root.GetProperty("id").GetString(), request.Id, "id");
        using var reply = JsonDocument.Parse(ChannelReply.Failed(request.Id, 404, "no"));
        Oracle.Same(request.Id, reply.RootElement.GetProperty("id").GetString(), "id of the reply");
        if (error != ChannelRequestError.None) return;
        var parameters = root.GetProperty("params");
        Oracle.Same(parameters.GetProperty("track_id").GetString(), request.TrackId, "track");
        if (request.Layer is { } layer) Oracle.Same(parameters.GetProperty("max_spatial_layer").GetString(), layer.ToString().ToLowerInvariant(), "layer");
        else Oracle.Same(parameters.GetProperty("subscribed").GetBoolean(), request.Subscribed, "subscribed");
    }
}
