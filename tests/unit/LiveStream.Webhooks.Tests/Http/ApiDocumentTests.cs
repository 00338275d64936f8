using System.Text.Json;
using System.Text.Json.Nodes;

using LiveStream.Webhooks.Rest;

namespace LiveStream.Webhooks.Tests.Http;

/// <summary>The API's document has the calls of webhooks, and their samples are what the server takes and gives.</summary>
public sealed class ApiDocumentTests : IAsyncLifetime
{
    private WebhooksHost _host = null!;
    private Receiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _host = await WebhooksHost.StartAsync(null, "--Webhooks:ReplayRate=1000");
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Document_HasEveryCallWithItsSample_AndNoSampleIsLeftOver()
    {
        var api = await _host.OkAsync(HttpMethod.Get, "/v2/openapi.json");
        var described = new List<string>();
        foreach (var (path, operations) in api["paths"]!.AsObject().Where(path => path.Key.Contains("/webhooks", StringComparison.Ordinal)))
        {
            foreach (var (verb, operation) in operations!.AsObject())
            {
                var call = $"{verb.ToUpperInvariant()} {path}";
                described.Add(call);
                var sample = WebhookSamples.All[call];
                Assert.Equal(sample.Summary, (string?)operation!["summary"]);
                Assert.NotNull(operation["security"]);
                Assert.Equal(sample.Body?.ToJsonString(), operation["requestBody"]?["content"]!["application/json"]!["example"]!.ToJsonString());
                if (sample.Reply is null) continue;
                var shown = operation["responses"]!["200"]!["content"]!["application/json"]!;
                Assert.Equal(sample.Reply.ToJsonString(), shown["example"]!.ToJsonString());
                Assert.NotNull(shown["schema"]!["$ref"]);
            }
        }

        Assert.Equal(WebhookSamples.All.Keys.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Samples_AreWhatIsTakenAndGiven()
    {
        var (url, room) = (_receiver.Url, await _host.AddRoomAsync());
        var made = await GiveAsync("POST /v2/webhooks", "/v2/webhooks", url);
        var path = $"/v2/webhooks/{made["id"]}";
        await GiveAsync("GET /v2/webhooks", "/v2/webhooks");
        await GiveAsync("GET /v2/webhooks/{endpoint_id}", path);
        await GiveAsync("POST /v2/webhooks/{endpoint_id}", path, url);
        await GiveAsync("POST /v2/webhooks/{endpoint_id}/rotate-secret", $"{path}/rotate-secret");
        await GiveAsync("POST /v2/webhooks/workspace/rotate-secret", "/v2/webhooks/workspace/rotate-secret");

        await _host.OpenAsync(room);
        await _receiver.NextAsync();
        JsonNode page;
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60)))
        {
            // The receiver knows of an arrival before the database does.
            while ((page = await GiveAsync("GET /v2/webhooks/deliveries", "/v2/webhooks/deliveries?status=success"))["data"]!.AsArray().Count == 0)
                await Task.Delay(20, limit.Token);
        }

        var delivery = $"/v2/webhooks/deliveries/{page["data"]![0]!["id"]}";
        await GiveAsync("GET /v2/webhooks/deliveries/{delivery_id}", delivery);
        await GiveAsync("POST /v2/webhooks/deliveries/{delivery_id}/resend", $"{delivery}/resend");
        await GiveAsync("GET /v2/analytics/webhooks", "/v2/analytics/webhooks");
        var replay = await GiveAsync("POST /v2/analytics/webhooks/replay", "/v2/analytics/webhooks/replay");
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60)))
        {
            while ((string)(await _host.OkAsync(HttpMethod.Get, $"/v2/analytics/webhooks/replay/{replay["workflow_id"]}"))["status"]! == "Running")
                await Task.Delay(20, limit.Token);
        }

        await GiveAsync("GET /v2/analytics/webhooks/replay/{workflow_id}", $"/v2/analytics/webhooks/replay/{replay["workflow_id"]}");
    }

    // Sends a call's sample, with an address that is there, and compares the reply with its sample's.
    private async Task<JsonNode> GiveAsync(string call, string path, string? url = null)
    {
        var sample = WebhookSamples.All[call];
        var body = sample.Body?.DeepClone();
        if (url is not null) body!["url"] = url;
        if (body is not null && call.EndsWith("/replay", StringComparison.Ordinal))
        {
            // Times of the sample are past what is kept, and its room is not there.
            (body["start_time"], body["end_time"], body["room_id"]) = (null, null, null);
        }

        var reply = await _host.OkAsync(new HttpMethod(call.Split(' ')[0]), path, body?.ToJsonString());
        AssertShape(call, sample.Reply, reply);
        return reply;
    }

    // The same fields in the same order with values of the same kinds; null is of every kind.
    private static void AssertShape(string at, JsonNode? sample, JsonNode? actual)
    {
        // Bodies of events have their own tests, and headers are the customer's.
        if (sample is null || actual is null || at.EndsWith(".body", StringComparison.Ordinal) || at.EndsWith(".event_data", StringComparison.Ordinal)) return;
        var isFlag = sample.GetValueKind() is JsonValueKind.True or JsonValueKind.False && actual.GetValueKind() is JsonValueKind.True or JsonValueKind.False;
        Assert.True(isFlag || sample.GetValueKind() == actual.GetValueKind(), $"{at}: {actual.GetValueKind()} instead of {sample.GetValueKind()}");
        if (sample is JsonObject fields)
        {
            Assert.Equal(fields.Select(field => field.Key).Where(IsAlways), actual.AsObject().Select(field => field.Key).Where(IsAlways));
            foreach (var (key, value) in fields) AssertShape($"{at}.{key}", value, actual[key]);
        }
        else if (sample is JsonArray { Count: > 0 } items)
        {
            foreach (var item in actual.AsArray().Where(item => item is not JsonObject || !at.EndsWith(".keys", StringComparison.Ordinal))) AssertShape($"{at}[]", items[0], item);
        }
    }

    // There for the kinds that have it.
    private static bool IsAlways(string field) => field is not ("error_reason" or "public_key");
}
