using System.Text.Json;
using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>The client protocol's data channel with the SCTP of a browser at the other end.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class DataChannelTests(SharedBrowser browser, ITestOutputHelper output)
{
    private const int Requests = 150;

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Requests_OfChromiumOnTheServersChannel_AreEachAnswered(Form form)
    {
        await using var product = await Product.StartAsync(output, form);
        await using var viewer = await browser.JoinAsync("viewer", output, "data-channel.js");
        await viewer.Page.GotoAsync(product.Address.ToString());
        // Among them a text of many packets, which is no request and gets no answer.
        var texts = Enumerable.Range(0, Requests)
            .Select(i => $$"""{"id":"{{i}}","jsonrpc":"2.0","params":{"max_spatial_layer":"high","track_id":"nobody's"},"method":"prefer-video-track-state"}""")
            .Prepend(new string('x', 60_000));
        var url = $"ws://{product.Address.Authority}/ws?peer=chromium&token={product.Tokens.For("viewer-realtime")}";

        var seen = await viewer.Page.EvaluateAsync<JsonElement>("([url, texts, replies]) => askOnDataChannel(url, texts, replies)", new object[] { url, texts.ToArray(), Requests })
            .WaitAsync(Limits.Patience);

        Assert.Equal("ion-sfu", seen.GetProperty("label").GetString());
        Assert.True(seen.GetProperty("ordered").GetBoolean());
        Assert.Equal(65536, seen.GetProperty("limit").GetInt32());
        var answers = seen.GetProperty("answers").EnumerateArray().Select(answer => JsonDocument.Parse(answer.GetString()!).RootElement).ToArray();
        Assert.Equal(Enumerable.Range(0, Requests).Select(i => $"{i}"), answers.OrderBy(Number).Select(answer => answer.GetProperty("id").GetString()!));
        Assert.All(answers, answer => Assert.Contains(answer.GetProperty("error").GetProperty("code").GetInt32(), (int[])[404, 429]));

        static int Number(JsonElement answer) => int.Parse(answer.GetProperty("id").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }
}
