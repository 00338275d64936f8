using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LiveStream.E2E.Tests.Harness;

// Going live by REST, for publishers without a page.
public sealed partial class Product
{
    /// <summary>Starts the demo room's live stream; returns the live stream object.</summary>
    public Task<JsonElement> StartLiveStreamAsync() => PostRestAsync($"/v2/live-streams/room/{Workspace.RoomId}/start");

    /// <summary>Stops whatever runs in the demo room.</summary>
    public Task<JsonElement> StopLiveStreamAsync() => PostRestAsync($"/v2/live-streams/room/{Workspace.RoomId}/stop");

    /// <summary>A live stream's <c>status</c> now.</summary>
    public async Task<string> LiveStreamStatusAsync(string streamId)
    {
        using var request = Authorized(HttpMethod.Get, $"/v2/live-streams/{streamId}");
        return (await SendAsync(request)).GetProperty("status").GetString()!;
    }

    /// <summary>The demo room's live stream that began last.</summary>
    public async Task<JsonElement> NewestLiveStreamAsync() =>
        (await GetRestAsync($"/v2/live-streams?room_id={Workspace.RoomId}")).GetProperty("data").EnumerateArray()
            .MaxBy(stream => stream.GetProperty("created_at").GetDateTimeOffset());

    /// <summary>Waits until the demo room's live stream can be played, however it was started.</summary>
    public async Task WaitUntilRunningAsync()
    {
        using var deadline = new CancellationTokenSource(Limits.GoLiveToPlaying * 2);
        while ((await GetRestAsync($"/v2/live-streams?room_id={Workspace.RoomId}&status=running")).GetProperty("data").GetArrayLength() == 0)
            await Task.Delay(100, deadline.Token);
    }

    /// <summary>Waits until a live stream has a recording; its assets.</summary>
    public async Task<JsonElement> WaitForRecordingAsync(string streamId)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var assets = (await GetRestAsync($"/v2/live-streams/{streamId}")).GetProperty("recording_assets");
            if (assets.ValueKind == JsonValueKind.Array) return assets;
            await Task.Delay(100, deadline.Token);
        }
    }

    /// <summary>A link to a recording asset.</summary>
    public async Task<string> PresignedUrlAsync(string assetId) =>
        (await GetRestAsync($"/v2/recording-assets/{assetId}/presigned-url")).GetProperty("url").GetString()!;

    /// <summary>An object of the REST interface.</summary>
    public async Task<JsonElement> GetRestAsync(string path)
    {
        using var request = Authorized(HttpMethod.Get, path);
        return await SendAsync(request);
    }

    /// <summary>A call of the REST interface that must succeed; its reply.</summary>
    public async Task<JsonElement> PostRestAsync(string path, JsonNode? body = null)
    {
        using var request = Authorized(HttpMethod.Post, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await SendAsync(request);
    }

    private HttpRequestMessage Authorized(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Tokens.Management());
        return request;
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request)
    {
        using var reply = await Http.SendAsync(request);
        var text = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, $"{request.Method} {request.RequestUri} answered {(int)reply.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }
}
