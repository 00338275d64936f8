using System.Text.Json;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LiveStream.E2E.Tests.Faults;

/// <summary>Somebody else's server that takes webhooks, and remembers each by its id in the order in which they first came.</summary>
internal sealed class WebhookSink : IAsyncDisposable
{
    private const string Joined = "peer.join.success", Left = "peer.leave.success";

    private readonly Lock _gate = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> _lanes = new(StringComparer.Ordinal);
    private readonly List<(Func<bool> Condition, TaskCompletionSource Done)> _waiters = [];
    private readonly WebApplication _app;

    private WebhookSink(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <summary>Webhooks that came again, of whatever type.</summary>
    public int Repeated { get; private set; }

    public static async Task<WebhookSink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var sink = new WebhookSink(app);
        app.MapPost("/", sink.TakeAsync);
        await app.StartAsync();
        return sink;
    }

    /// <summary>How many of the lane's events came, from one number up to another, which is not counted.</summary>
    public int Count(string lane, int from, int to)
    {
        lock (_gate) return _lanes.TryGetValue(lane, out var seen) ? seen.Count(number => number >= from && number < to) : 0;
    }

    /// <summary>Pairs of a lane's events that came in another order than they were sent.</summary>
    public int OutOfOrder(string lane)
    {
        lock (_gate) return _lanes.TryGetValue(lane, out var seen) ? seen.Zip(seen.Skip(1)).Count(pair => pair.First >= pair.Second) : 0;
    }

    /// <summary>Completes when the condition, looked at after each webhook, holds.</summary>
    public async Task UntilAsync(Func<bool> condition, TimeSpan limit)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _waiters.Add((condition, done));
        Wake();
        await done.Task.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate) _waiters.RemoveAll(waiter => waiter.Done == done);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        using var body = await JsonDocument.ParseAsync(request.Body);
        var id = request.Headers["webhook-id"].ToString();
        var type = body.RootElement.GetProperty("type").GetString();
        lock (_gate)
        {
            if (!_ids.Add(id)) Repeated++;
            else if (type is Joined or Left) Add(body.RootElement.GetProperty("data").GetProperty("peer_id").GetString()!, type == Left);
        }

        Wake();
        return Results.Ok();
    }

    // Peers of the stream of events are called lane:number; each comes and goes before the next one does.
    private void Add(string peer, bool left)
    {
        if (peer.Split(':') is not [var lane, var number]) return;
        if (!_lanes.TryGetValue(lane, out var seen)) _lanes.Add(lane, seen = []);
        seen.Add(int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) * 2 + (left ? 1 : 0));
    }

    private void Wake()
    {
        (Func<bool> Condition, TaskCompletionSource Done)[] waiters;
        lock (_gate) waiters = [.. _waiters];
        foreach (var (condition, done) in waiters)
            if (condition()) done.TrySetResult();
    }
}
