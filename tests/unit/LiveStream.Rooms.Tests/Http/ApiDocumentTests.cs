using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using LiveStream.Rooms.OpenApi;

namespace LiveStream.Rooms.Tests.Http;

public sealed partial class ApiDocumentTests(RoomsHost host) : IClassFixture<RoomsHost>
{
    [Fact]
    public async Task Document_HasEveryCallWithItsSample_AndNoSampleIsLeftOver()
    {
        var api = await ReadAsync();
        var calls = (
            from path in api["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            where operation.Key is "get" or "post" or "delete"
            select $"{operation.Key.ToUpperInvariant()} {path.Key}").Order(StringComparer.Ordinal);

        Assert.Equal(ApiSamples.All.Keys.Order(StringComparer.Ordinal), calls);
    }

    [Fact]
    public async Task EveryOperation_IsNamedOnceAndShowsWhatItTakesAndGives()
    {
        var api = await ReadAsync();
        var names = new HashSet<string>();
        foreach (var (path, operations) in api["paths"]!.AsObject())
        {
            foreach (var (verb, operation) in operations!.AsObject())
            {
                var sample = ApiSamples.All[$"{verb.ToUpperInvariant()} {path}"];
                Assert.True(names.Add((string)operation!["operationId"]!), $"{operation["operationId"]} twice");
                Assert.Equal(sample.Summary, (string?)operation["summary"]);
                foreach (Match parameter in Parameter().Matches(path))
                    Assert.Contains(operation["parameters"]!.AsArray(), p => (string?)p!["in"] == "path" && (string?)p["name"] == parameter.Groups[1].Value);
                if (sample.Body is { } body)
                    Assert.Equal(body.ToJsonString(), operation["requestBody"]!["content"]!["application/json"]!["example"]!.ToJsonString());
                if (sample.Reply is not { } reply) continue;
                var shown = operation["responses"]!["200"]!["content"]!["application/json"]!;
                Assert.Equal(reply.ToJsonString(), shown["example"]!.ToJsonString());
                Assert.NotNull(shown["schema"]);
            }
        }
    }

    [Fact]
    public async Task Schemas_OfReplies_AreThoseOfTheCode()
    {
        var schemas = (await ReadAsync())["components"]!["schemas"]!;
        Assert.Equal(
            ["id", "room_id", "customer_id", "app_id", "active", "peers", "created_at", "updated_at"],
            schemas["SessionDto"]!["properties"]!.AsObject().Select(property => property.Key));
        Assert.Equal("integer", (string?)schemas["SessionPageDto"]!["properties"]!["limit"]!["type"]);
    }

    [Fact]
    public async Task Page_LoadsNothingFromAnotherHost()
    {
        using var page = await host.Client.GetAsync(ApiDocument.PagePath);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        var policy = string.Join(';', page.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        var html = await page.Content.ReadAsStringAsync();
        var script = await host.Client.GetStringAsync(new Uri(host.Client.BaseAddress!, "/v2/docs/docs.js"));
        Assert.Contains("src=\"docs/docs.js\"", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("https?://|//[a-z]+\\.", html + script);
    }

    private async Task<JsonNode> ReadAsync() => JsonNode.Parse(await host.Client.GetStringAsync(ApiDocument.DocumentPath))!;

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}
