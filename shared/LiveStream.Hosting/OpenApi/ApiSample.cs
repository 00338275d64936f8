using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LiveStream.Hosting.OpenApi;

/// <summary>What the API's document says of a call beside what its code says. Nothing in it is real.</summary>
/// <param name="Tag">Its chapter.</param>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Query">Names of query parameters.</param>
/// <param name="Body">A request body; null for none.</param>
/// <param name="Reply">The reply to it; null for none.</param>
/// <param name="Errors">Statuses of refusals, beside 401.</param>
public sealed record ApiSample(
    string Tag, string Summary, IReadOnlyList<string>? Query, JsonNode? Body, JsonNode? Reply, IReadOnlyList<int>? Errors)
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip };

    /// <summary>The samples of an embedded file, by call, such as <c>GET /v2/rooms/{room_id}</c>.</summary>
    public static IReadOnlyDictionary<string, ApiSample> Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource) ?? throw new FileNotFoundException($"{resource} is not embedded in {assembly.GetName().Name}.");
        return JsonSerializer.Deserialize<Dictionary<string, ApiSample>>(stream, s_options)!;
    }
}
