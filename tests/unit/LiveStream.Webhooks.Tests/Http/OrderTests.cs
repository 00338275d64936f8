using System.Text;

using LiveStream.Webhooks.Storage;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.Webhooks.Tests.Http;

/// <summary>The order of a room where the process that delivers was not told of everything.</summary>
public sealed class OrderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("livestream-webhooks-").FullName;

    [Fact]
    public async Task Start_WhileNewEventsCome_DeliversWhatWasPendingFirst()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, response) =>
        {
            response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        };
        string room;
        await using (var before = await WebhooksHost.StartAsync(_folder))
        {
            await before.AddEndpointAsync(receiver.Url);
            room = await before.AddRoomAsync();
            var session = await before.OpenAsync(room);
            await before.JoinAsync(session, "p-1");
            await receiver.NextAsync();
            await UntilPendingAsync(before, joins: 1);
        }

        var refused = receiver.All.Count;
        receiver.Answer = (_, _) => Task.CompletedTask;
        // Another process has the right to deliver, and gives it up once both are announced here.
        var other = new FileStream(Path.Combine(_folder, "webhook-deliveries.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        await using var host = await WebhooksHost.StartAsync(_folder, WebhooksHost.QuickRetries);
        await host.JoinAsync(await host.OpenAsync(room), "p-2");
        var pending = await UntilPendingAsync(host, joins: 2);
        await other.DisposeAsync();

        await receiver.NextAsync(pending.Count + refused - 1);
        Assert.Equal(pending, receiver.All.Skip(refused).Take(pending.Count).Select(arrival => arrival.Id));
    }

    [Fact]
    public async Task Announce_BehindWhatAnotherProcessWrote_DeliversThatFirst()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhooksHost.StartAsync(_folder);
        var endpoint = (string)(await host.AddEndpointAsync(receiver.Url))["id"]!;
        var room = await host.AddRoomAsync();
        var session = await host.OpenAsync(room);
        await receiver.NextAsync();

        await WriteElsewhereAsync(host, room, endpoint);
        await host.JoinAsync(session, "p-1");
        Assert.Equal(["peer.leave.success", "peer.join.success"], (await receiver.NextAsync(2)).Select(arrival => arrival.Type));
    }

    [Fact]
    public async Task WhatAnotherProcessWrote_IsDeliveredSoon()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhooksHost.StartAsync(_folder);
        var endpoint = (string)(await host.AddEndpointAsync(receiver.Url))["id"]!;
        var room = await host.AddRoomAsync();
        await host.OpenAsync(room);
        await receiver.NextAsync();

        await WriteElsewhereAsync(host, room, endpoint);
        // Everything pending is looked for every 30 seconds only.
        Assert.Equal("peer.leave.success", (await receiver.NextAsync().WaitAsync(TimeSpan.FromSeconds(15))).Type);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task WriteElsewhereAsync(WebhooksHost host, string room, string endpoint)
    {
        var id = Guid.NewGuid();
        await using var elsewhere = new DeliveryStore(host.Services.GetRequiredService<WebhookDatabase>(), TimeProvider.System);
        var body = Encoding.UTF8.GetBytes($$$"""{"type":"peer.leave.success","id":"{{{id:D}}}"}""");
        await elsewhere.AddAsync(
            [new NewEvent(id, host.Workspace.CustomerId, room, "peer.leave.success", body, DateTimeOffset.UtcNow, [endpoint])], _ => { }, default);
    }

    // Ids of events that wait, the oldest first, once so many people's joins are among them.
    private static async Task<List<string>> UntilPendingAsync(WebhooksHost host, int joins)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var page = await host.OkAsync(HttpMethod.Get, "/v2/webhooks/deliveries?status=pending&limit=100");
            var data = page["data"]!.AsArray();
            if (data.Count(delivery => (string)delivery!["event_name"]! == "peer.join.success") >= joins)
                return [.. data.Reverse().Select(delivery => (string)delivery!["event_id"]!)];
            if (limit.IsCancellationRequested) Assert.Fail($"Not so many wait: {await host.OkAsync(HttpMethod.Get, "/v2/webhooks/deliveries?limit=100")}");
            await Task.Delay(20);
        }
    }
}
