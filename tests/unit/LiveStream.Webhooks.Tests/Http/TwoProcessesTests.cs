using System.Net;

namespace LiveStream.Webhooks.Tests.Http;

/// <summary>Two processes with one database: what one of them was told, the other one knows when it is asked.</summary>
public sealed class TwoProcessesTests : IAsyncLifetime
{
    private WebhooksHost _one = null!;
    private WebhooksHost _two = null!;
    private Receiver _receiver = null!;

    public async Task InitializeAsync()
    {
        // What fails once waits longer than anybody would here.
        string[] database = [.. await DeliveryTestsOnPostgres.NewDatabaseAsync(), "--Webhooks:RetryDelays:0=01:00:00"];
        _receiver = await Receiver.StartAsync();
        _one = await WebhooksHost.StartAsync(null, database);
        // The same folder, for the sealing key is in it.
        _two = await WebhooksHost.StartAsync(_one.Folder, database);
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Endpoint_AddedAtOne_GetsTheNextEvent_WhicheverTakesAndDelivers()
    {
        foreach (var host in new[] { _one, _two, _one, _two })
        {
            await host.AddEndpointAsync($"{_receiver.Url}/hook");
            // A room with a webhook of its own is told there alone, by an endpoint that is made with the first event.
            var room = await host.AddRoomAsync($$""","webhook":{"url":"{{_receiver.Url}}/room"}""");
            await host.OpenAsync(room);
            Assert.Equal("/room", (await _receiver.NextAsync(1))[0].Path);
        }

        await _two.OpenAsync(await _two.AddRoomAsync());
        Assert.All(await _receiver.NextAsync(4), arrival => Assert.Equal("/hook", arrival.Path));
    }

    [Fact]
    public async Task Endpoint_ChangedAtBoth_HasBothChanges()
    {
        var id = (string)(await _one.AddEndpointAsync($"{_receiver.Url}/hook"))["id"]!;
        await _two.OkAsync(HttpMethod.Get, $"/v2/webhooks/{id}");
        await _one.OkAsync(HttpMethod.Post, $"/v2/webhooks/{id}", """{"description":"by one"}""");
        var changed = await _two.OkAsync(HttpMethod.Post, $"/v2/webhooks/{id}", """{"ordered":false}""");
        Assert.Equal(("by one", false), ((string?)changed["description"], (bool)changed["ordered"]!));

        // At once, with one who loses and looks again.
        await Task.WhenAll(
            _one.OkAsync(HttpMethod.Post, $"/v2/webhooks/{id}", """{"description":"again"}"""),
            _two.OkAsync(HttpMethod.Post, $"/v2/webhooks/{id}", """{"ordered":true}"""));
        var both = await _one.OkAsync(HttpMethod.Get, $"/v2/webhooks/{id}");
        Assert.Equal(("again", true), ((string?)both["description"], (bool)both["ordered"]!));

        Assert.Equal(HttpStatusCode.NoContent, (await _two.CallAsync(HttpMethod.Delete, $"/v2/webhooks/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _one.CallAsync(HttpMethod.Get, $"/v2/webhooks/{id}")).Status);
    }

    [Fact]
    public async Task Endpoint_RepairedAtTheOther_GetsWhatWaitsSoon()
    {
        var id = (string)(await _one.AddEndpointAsync("http://127.0.0.1:9/nobody"))["id"]!;
        await _one.OpenAsync(await _one.AddRoomAsync());
        await _two.OkAsync(HttpMethod.Post, $"/v2/webhooks/{id}", $$"""{"url":"{{_receiver.Url}}/hook"}""");
        Assert.Equal("session.open.success", (await _receiver.NextAsync(1))[0].Type);
    }
}
