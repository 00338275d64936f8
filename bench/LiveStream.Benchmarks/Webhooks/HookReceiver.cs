using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LiveStream.Benchmarks.Webhooks;

/// <summary>A delivery that arrived.</summary>
internal readonly record struct HookArrival(string RoomId, int Number, DateTimeOffset HappenedAt);

/// <summary>Somebody else's server: paths below <c>/hang</c> never answer, others as it is told.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HookReceiver(WebApplication app, Func<HookArrival, int> answer)
    {
        _app = app;
        app.Run(http => TakeAsync(http, answer));
    }

    public string Url => _app.Urls.Single();

    /// <summary>Starts it; <paramref name="answer"/> gives the status of each arrival, on any thread.</summary>
    public static async Task<HookReceiver> StartAsync(Func<HookArrival, int> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new HookReceiver(builder.Build(), answer);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static async Task TakeAsync(HttpContext http, Func<HookArrival, int> answer)
    {
        if (http.Request.Path.StartsWithSegments("/hang"))
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        using var json = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
        var data = json.RootElement.GetProperty("data");
        http.Response.StatusCode = answer(new HookArrival(
            data.GetProperty("room_id").GetString()!, int.Parse(data.GetProperty("peer_id").GetString()!, CultureInfo.InvariantCulture),
            data.GetProperty("joined_at").GetDateTimeOffset()));
    }
}
