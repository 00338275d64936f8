using System.Text.Json.Nodes;

using LiveStream.Testing;
using LiveStream.Webhooks.Signing;

using Microsoft.AspNetCore.Http;

namespace LiveStream.Webhooks.Tests.Http;

public sealed class DeliveryTestsOnSqlite : DeliveryTests
{
    private protected override Task<string[]> DatabaseAsync() => Task.FromResult(Array.Empty<string>());
}

public sealed class DeliveryTestsOnPostgres : DeliveryTests
{
    private static readonly Lazy<Task<PostgresServer>> s_server = new(() => PostgresServer.StartAsync(durable: false, CancellationToken.None));
    private static int s_databases;

    private protected override async Task<string[]> DatabaseAsync()
    {
        return await NewDatabaseAsync();
    }

    /// <summary>Settings of a database that nobody else uses.</summary>
    internal static async Task<string[]> NewDatabaseAsync()
    {
        var connection = await (await s_server.Value).CreateDatabaseAsync($"webhooks_{Interlocked.Increment(ref s_databases)}", CancellationToken.None);
        return
        [
            "--Rooms:Database:Provider=Postgres", $"--Rooms:Database:ConnectionString={connection}",
            "--Webhooks:Database:Provider=Postgres", $"--Webhooks:Database:ConnectionString={connection}",
        ];
    }
}

/// <summary>From an event to somebody else's server, with everything real between.</summary>
public abstract class DeliveryTests : IAsyncLifetime
{
    private WebhooksHost _host = null!;
    private Receiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _host = await WebhooksHost.StartAsync(null, [.. await DatabaseAsync(), .. WebhooksHost.QuickRetries]);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Session_OpensAndSomebodyComes_IsToldInOrderAndSigned()
    {
        var endpoint = await _host.AddEndpointAsync($"{_receiver.Url}/hook?a=1", ""","headers":{"x-key":"v-1"},"ed25519":true""");
        var room = await _host.AddRoomAsync();
        var session = await _host.OpenAsync(room);
        await _host.JoinAsync(session, "p-1");

        var arrivals = await _receiver.NextAsync(2);
        Assert.Equal(["session.open.success", "peer.join.success"], arrivals.Select(arrival => arrival.Type));
        foreach (var arrival in arrivals)
        {
            Assert.Equal("/hook", arrival.Path);
            Assert.Equal("v-1", arrival.Headers["x-key"]);
            Assert.Equal("application/json", arrival.Headers["content-type"]);
            Assert.Equal(arrival.Id, arrival.Headers["webhook-id"]);
            Assert.DoesNotContain("traceparent", arrival.Headers.Keys);
            AssertSigned(arrival, (string)endpoint["secret"]!, (string)endpoint["keys"]!.AsArray().Single(key => (string)key!["scheme"]! == "v1a")!["public_key"]!);
        }

        var json = arrivals[1].Json;
        Assert.Equal(_host.Workspace.CustomerId, (string)json["account_id"]!);
        Assert.Equal(_host.Workspace.AppId, (string)json["app_id"]!);
        Assert.Equal(room, (string)json["data"]!["room_id"]!);
        Assert.Equal("Asha", (string)json["data"]!["user_name"]!);
    }

    [Fact]
    public async Task Failures_AreTriedAgainAndHistoryShowsThem()
    {
        var left = 3;
        _receiver.Answer = (_, response) =>
        {
            if (Interlocked.Decrement(ref left) < 0) return response.WriteAsync("thanks");
            response.StatusCode = StatusCodes.Status500InternalServerError;
            return response.WriteAsync("broken");
        };
        await _host.AddEndpointAsync(_receiver.Url, ""","event_types":["session.open.success"]""");
        await _host.OpenAsync(await _host.AddRoomAsync());

        var arrivals = await _receiver.NextAsync(4);
        Assert.Single(arrivals.Select(arrival => arrival.Id).Distinct());
        Assert.Single(arrivals.Select(arrival => Convert.ToBase64String(arrival.Body)).Distinct());

        var delivery = await DeliveryAsync("success");
        var shown = await _host.OkAsync(HttpMethod.Get, $"/v2/webhooks/deliveries/{delivery["id"]}");
        Assert.Equal(4, (int)shown["attempt_count"]!);
        Assert.Equal([500, 500, 500, 200], shown["attempts"]!.AsArray().Select(attempt => (int)attempt!["status"]!));
        Assert.Equal(["broken", "broken", "broken", "thanks"], shown["attempts"]!.AsArray().Select(attempt => (string)attempt!["reply"]!));
        Assert.Equal(arrivals[0].Id, (string)shown["body"]!["id"]!);
    }

    [Fact]
    public async Task RoomThatFails_HoldsItselfOnly()
    {
        var (bad, good) = (await _host.AddRoomAsync(), await _host.AddRoomAsync());
        var open = 0;
        _receiver.Answer = (arrival, response) =>
        {
            if (Volatile.Read(ref open) == 0 && (string)arrival.Json["data"]!["room_id"]! == bad) response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        };
        await _host.AddEndpointAsync(_receiver.Url);
        var (badSession, goodSession) = (await _host.OpenAsync(bad), await _host.OpenAsync(good));
        await _host.JoinAsync(badSession, "p-1");
        await _host.JoinAsync(goodSession, "p-1");

        while (await _receiver.NextAsync() is var arrival && !(arrival.Type == "peer.join.success" && (string)arrival.Json["data"]!["room_id"]! == good))
        {
        }

        Assert.DoesNotContain(_receiver.All, arrival => arrival.Type == "peer.join.success" && (string)arrival.Json["data"]!["room_id"]! == bad);
        Volatile.Write(ref open, 1);
        while (await _receiver.NextAsync() is var arrival && !(arrival.Type == "peer.join.success" && (string)arrival.Json["data"]!["room_id"]! == bad))
        {
        }
    }

    [Fact]
    public async Task UnorderedEndpoint_LetsOthersPassWhatFails()
    {
        var open = 0;
        _receiver.Answer = (arrival, response) =>
        {
            if (Volatile.Read(ref open) == 0 && arrival.Type == "session.open.success") response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        };
        await _host.AddEndpointAsync(_receiver.Url, ""","ordered":false""");
        var session = await _host.OpenAsync(await _host.AddRoomAsync());
        await _host.JoinAsync(session, "p-1");
        while ((await _receiver.NextAsync()).Type != "peer.join.success")
        {
        }

        Volatile.Write(ref open, 1);
        await DeliveryAsync("success", "session.open.success");
    }

    [Fact]
    public async Task Gone_TurnsTheEndpointOffAndTellsTheOthers()
    {
        await using var other = await Receiver.StartAsync();
        _receiver.Answer = (_, response) =>
        {
            response.StatusCode = StatusCodes.Status410Gone;
            return Task.CompletedTask;
        };
        var gone = await _host.AddEndpointAsync(_receiver.Url);
        await _host.AddEndpointAsync(other.Url, ""","event_types":["webhook.*"]""");
        await _host.OpenAsync(await _host.AddRoomAsync());

        var notice = await other.NextAsync();
        Assert.Equal("webhook.endpoint.disabled", notice.Type);
        Assert.Equal((string)gone["id"]!, (string)notice.Json["data"]!["endpoint_id"]!);
        Assert.Equal((_host.Workspace.CustomerId, _host.Workspace.AppId), ((string)notice.Json["account_id"]!, (string)notice.Json["app_id"]!));
        var shown = await _host.OkAsync(HttpMethod.Get, $"/v2/webhooks/{gone["id"]}");
        Assert.False((bool)shown["enabled"]!);
        Assert.Contains("410", (string)shown["disabled_reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RoomWebhook_ReplacesTheWorkspacesAndIsSignedByItsSecret()
    {
        await using var own = await Receiver.StartAsync();
        await _host.AddEndpointAsync(_receiver.Url);
        var room = await _host.AddRoomAsync($$$""","webhook":{"url":"{{{own.Url}}}/room","headers":{"x-room":"7"}}""");
        await _host.OpenAsync(room);

        var arrival = await own.NextAsync();
        Assert.Equal(("/room", "7"), (arrival.Path, arrival.Headers["x-room"]));
        AssertSigned(arrival, _host.Workspace.WebhookSecret!, null);
        Assert.Empty(_receiver.All);

        // Another address is known at once, and what is taken away falls back to the workspace's.
        await _host.OkAsync(HttpMethod.Post, $"/v2/rooms/{room}", """{"webhook":null}""");
        var session = await _host.Sessions.OpenAsync(_host.Workspace.CustomerId, room, DateTimeOffset.UtcNow, default);
        await _host.JoinAsync(session.Id, "p-1");
        Assert.Equal("peer.join.success", (await _receiver.NextAsync()).Type);
    }

    [Fact]
    public async Task Resend_IsMarkedAndHasTheSameId()
    {
        await _host.AddEndpointAsync(_receiver.Url);
        await _host.OpenAsync(await _host.AddRoomAsync());
        var first = await _receiver.NextAsync();
        var delivery = await DeliveryAsync("success");

        var again = await _host.OkAsync(HttpMethod.Post, $"/v2/webhooks/deliveries/{delivery["id"]}/resend");
        var second = await _receiver.NextAsync();
        Assert.True((bool)again["is_replay"]!);
        Assert.Equal(first.Id, second.Id);
        Assert.True((bool)second.Json["is_replay"]!);
        Assert.Null(first.Json["is_replay"]);
    }

    [Fact]
    public async Task Replay_RepeatsWhatFailedAndSaysHowItWent()
    {
        var open = 0;
        _receiver.Answer = (_, response) =>
        {
            if (Volatile.Read(ref open) == 0) response.StatusCode = StatusCodes.Status410Gone;
            return Task.CompletedTask;
        };
        var endpoint = await _host.AddEndpointAsync(_receiver.Url);
        await _host.OpenAsync(await _host.AddRoomAsync());
        await _receiver.NextAsync();
        await DeliveryAsync("failed");
        Volatile.Write(ref open, 1);
        await Eventually.HoldsAsync(async () => !(bool)(await _host.OkAsync(HttpMethod.Get, $"/v2/webhooks/{endpoint["id"]}"))["enabled"]!);
        await _host.OkAsync(HttpMethod.Post, $"/v2/webhooks/{endpoint["id"]}", """{"enabled":true}""");

        var events = await _host.OkAsync(HttpMethod.Get, "/v2/analytics/webhooks?status=failed");
        Assert.Equal(1, (int)events["summary"]!["total_events"]!);
        Assert.Equal("session.open.success", (string)events["events"]![0]!["payload"]!["original_event_name"]!);
        Assert.Equal("reporter.webhook.delivery.failed", (string)events["events"]![0]!["event_name"]!);

        var started = await _host.OkAsync(HttpMethod.Post, "/v2/analytics/webhooks/replay", """{"status":"failed"}""");
        Assert.Equal("started", (string)started["status"]!);
        var arrival = await _receiver.NextAsync();
        Assert.True((bool)arrival.Json["is_replay"]!);
        JsonNode? replay = null;
        await Eventually.HoldsAsync(async () => (string)(replay = await _host.OkAsync(HttpMethod.Get, $"/v2/analytics/webhooks/replay/{started["workflow_id"]}"))["status"]! == "completed");
        Assert.Equal((1, 1, 0), ((int)replay!["progress"]!["total"]!, (int)replay["progress"]!["completed"]!, (int)replay["progress"]!["failed"]!));
        // What was repeated is one event still, and one to repeat.
        Assert.Equal(1, (int)(await _host.OkAsync(HttpMethod.Get, "/v2/analytics/webhooks?status=all"))["summary"]!["total_events"]!);
    }

    [Fact]
    public async Task RotateSecret_BothSignForAWhile()
    {
        var before = await _host.AddEndpointAsync(_receiver.Url);
        var after = await _host.OkAsync(HttpMethod.Post, $"/v2/webhooks/{before["id"]}/rotate-secret");
        Assert.NotEqual((string)before["secret"]!, (string)after["secret"]!);
        await _host.OpenAsync(await _host.AddRoomAsync());

        var arrival = await _receiver.NextAsync();
        AssertSigned(arrival, (string)before["secret"]!, null);
        AssertSigned(arrival, (string)after["secret"]!, null);
    }

    [Fact]
    public async Task RotateWorkspaceSecret_BothSignWhatGoesToARoomsWebhook()
    {
        var room = await _host.AddRoomAsync($$$""","webhook":{"url":"{{{_receiver.Url}}}"}""");
        var session = await _host.OpenAsync(room);
        AssertSigned(await _receiver.NextAsync(), _host.Workspace.WebhookSecret!, null);

        var after = await _host.OkAsync(HttpMethod.Post, "/v2/webhooks/workspace/rotate-secret", """{"old_expires_in":60}""");
        Assert.NotEqual(_host.Workspace.WebhookSecret, (string)after["secret"]!);
        await _host.JoinAsync(session, "p-1");
        var arrival = await _receiver.NextAsync();
        AssertSigned(arrival, _host.Workspace.WebhookSecret!, null);
        AssertSigned(arrival, (string)after["secret"]!, null);
    }

    [Fact]
    public async Task Redirects_AreNotFollowed()
    {
        await using var inside = await Receiver.StartAsync();
        var left = 1;
        _receiver.Answer = (_, response) =>
        {
            if (Interlocked.Decrement(ref left) < 0) return Task.CompletedTask;
            response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            response.Headers.Location = inside.Url;
            return Task.CompletedTask;
        };
        await _host.AddEndpointAsync(_receiver.Url);
        await _host.OpenAsync(await _host.AddRoomAsync());
        await _receiver.NextAsync(2);
        Assert.Empty(inside.All);
    }

    private protected abstract Task<string[]> DatabaseAsync();

    private static void AssertSigned(Arrival arrival, string secret, string? publicKey)
    {
        var signed = System.Text.Encoding.UTF8.GetBytes($"{arrival.Headers["webhook-id"]}.{arrival.Headers["webhook-timestamp"]}.").Concat(arrival.Body).ToArray();
        var signatures = arrival.Headers["webhook-signature"].Split(' ');
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        Assert.Contains("v1," + Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(key, signed)), signatures);
        if (publicKey is null) return;
        var one = signatures.Single(signature => signature.StartsWith("v1a,", StringComparison.Ordinal));
        Assert.True(Ed25519.Verify(Convert.FromBase64String(publicKey["whpk_".Length..]), signed, Convert.FromBase64String(one[4..])));
    }

    // The receiver knows of an arrival before the database does.
    private async Task<JsonNode> DeliveryAsync(string status, string? type = null)
    {
        JsonNode? found = null;
        await Eventually.HoldsAsync(async () =>
        {
            var page = await _host.OkAsync(HttpMethod.Get, $"/v2/webhooks/deliveries?status={status}&event_names={type}");
            found = page["data"]!.AsArray().FirstOrDefault();
            return found is not null;
        });
        return found!;
    }
}
