using System.Text.Json;
using System.Text.Json.Nodes;

namespace LiveStream.Rooms.OpenApi;

/// <summary>What the document says of a call beside what its code says.</summary>
/// <param name="Tag">Its chapter.</param>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Query">Names of query parameters.</param>
/// <param name="Body">A request body; null for none.</param>
/// <param name="Reply">The reply to it; null for none.</param>
/// <param name="Errors">Statuses of refusals, beside 401.</param>
internal sealed record ApiSample(
    string Tag, string Summary, IReadOnlyList<string>? Query, JsonNode? Body, JsonNode? Reply, IReadOnlyList<int>? Errors);

/// <summary>The samples of <c>samples.json</c> by call, such as <c>GET /v2/rooms/{room_id}</c>. Nothing in them is real.</summary>
internal static class ApiSamples
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip };

    public static IReadOnlyDictionary<string, ApiSample> All { get; } =
        JsonSerializer.Deserialize<Dictionary<string, ApiSample>>(ApiDocument.Read("samples.json"), s_options)!;
}
