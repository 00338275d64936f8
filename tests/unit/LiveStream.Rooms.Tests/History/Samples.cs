using System.Text.Json.Nodes;

using LiveStream.Rooms.OpenApi;

namespace LiveStream.Rooms.Tests.History;

/// <summary>Compares replies with the samples of the API's document.</summary>
internal static class Samples
{
    /// <summary>The reply has the keys of the sample, in their order, with values of the same kinds. Null is of every kind.</summary>
    public static void AssertShape(string call, JsonNode reply) => AssertShape(call, ApiSamples.All[call].Reply, reply);

    private static void AssertShape(string at, JsonNode? sample, JsonNode? actual)
    {
        if (sample is null || actual is null) return;
        Assert.True(sample.GetValueKind() == actual.GetValueKind() || IsFlag(sample, actual), $"{at}: {actual.GetValueKind()} instead of {sample.GetValueKind()}");
        switch (sample)
        {
            case JsonObject fields when IsMap(fields):
                foreach (var (key, value) in actual.AsObject()) AssertShape($"{at}[{key}]", fields.First().Value, value);
                break;
            case JsonObject fields:
                // What belongs to the kind of file differs with it.
                if (at.EndsWith(".metadata", StringComparison.Ordinal)) return;
                Assert.Equal(fields.Select(field => field.Key), actual.AsObject().Select(field => field.Key));
                foreach (var (key, value) in fields) AssertShape($"{at}.{key}", value, actual[key]);
                break;
            case JsonArray { Count: > 0 } items:
                foreach (var item in actual.AsArray()) AssertShape($"{at}[]", items[0], item);
                break;
        }
    }

    private static bool IsFlag(JsonNode a, JsonNode b) =>
        a.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False
        && b.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False;

    // Peers and tracks are maps by their ids.
    private static bool IsMap(JsonObject fields) => fields.Count > 0 && fields.All(field => Guid.TryParse(field.Key, out _));
}
