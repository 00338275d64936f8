using System.Text.Json;

using LiveStream.Webhooks.Destinations;
using LiveStream.Webhooks.Rest;
using LiveStream.Webhooks.Storage;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Webhooks.Delivery;

/// <summary>What is done now and then: replays go on, health is written, other processes' changes are read, old rows go.</summary>
internal sealed class Upkeep(
    WebhookDatabase database,
    DeliveryStore store,
    DeliveryEngine engine,
    HistoryStore history,
    ReplayStore replays,
    EndpointCatalog endpoints,
    EndpointHealth health,
    TimeProvider time,
    IOptions<WebhooksOptions> options,
    ILogger<Upkeep> logger) : BackgroundService
{
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(1), s_health = TimeSpan.FromSeconds(30), s_trim = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _asked = new(0, 1);

    /// <summary>A replay was added.</summary>
    public void Ask()
    {
        try
        {
            _asked.Release();
        }
        catch (SemaphoreFullException)
        {
            // It was asked already.
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _asked.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (nextHealth, nextTrim, running) = (time.GetUtcNow(), time.GetUtcNow(), true);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var now = time.GetUtcNow();
                // By the one who delivers: two would repeat everything twice.
                if (engine.Delivers && (running || database.IsShared)) running = await ReplayAsync(now, stoppingToken);
                if (now >= nextHealth)
                {
                    nextHealth = now + s_health;
                    if (engine.Delivers) await health.SaveAsync(now, stoppingToken);
                    running = true;
                }

                await endpoints.RefreshAsync(stoppingToken);

                if (now >= nextTrim)
                {
                    nextTrim = now + s_trim;
                    var removed = await store.TrimAsync(now - options.Value.Retention, stoppingToken);
                    if (removed > 0) logger.Trimmed(removed);
                }

                if (await _asked.WaitAsync(running || database.IsShared ? s_step : s_health, stoppingToken)) running = true;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The outermost guard: none of it may end the process.
                logger.WorkFailed(e, s_step);
                await Task.Delay(s_step, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // A second's worth of each replay that runs; whether one still does.
    private async Task<bool> ReplayAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var running = await replays.ListRunningAsync(cancellationToken);
        foreach (var replay in running)
        {
            var filters = JsonSerializer.Deserialize(replay.Filters, WebhooksJson.Default.ReplayFilters)!;
            var most = Math.Min(options.Value.ReplayRate, replay.Total - replay.Repeated);
            List<long> ids = most <= 0 ? [] : await history.ListIdsAsync(replay.CustomerId, filters.ToFilter(), replay.NextId, replay.LastId, most, cancellationToken);
            if (ids.Count > 0)
            {
                // Its own queue: what is repeated neither waits for what is new, nor holds it up.
                await store.RepeatAsync([.. ids.Select(id => new RepeatedDelivery(id, $"replay:{replay.Id}", replay.Id))], engine.Announce, cancellationToken);
                await replays.SaveAsync(replay with { Repeated = replay.Repeated + ids.Count, NextId = ids[^1] + 1 }, cancellationToken);
                continue;
            }

            var (delivered, failed) = await history.CountReplayAsync(replay.Id, cancellationToken);
            if (delivered + failed < replay.Repeated) continue;
            await replays.SaveAsync(replay with { Status = failed > 0 ? Replay.CompletedWithFailures : Replay.Completed, CompletedAt = now }, cancellationToken);
        }

        return running.Count > 0;
    }
}
