using LiveStream.Hosting.Health;
using LiveStream.Storage.Migrations;
using LiveStream.Storage.Sealing;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveStream.Webhooks.Storage;

/// <summary>
/// Before the server listens: a database of a newer version, or a wrong key, ends the process, which would otherwise take events and
/// deliver none. A database that is away is waited for, and the service is not ready until then.
/// </summary>
internal sealed class WebhookStart(WebhookDatabase database, ILogger<WebhookStart> logger) : IHostedService, IReadinessCheck
{
    public string Name => "webhooks database";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.PrepareAsync(cancellationToken);
        }
        // Whatever a database that is away throws: of a name that is not resolved yet, not even an exception of databases.
        catch (Exception e) when (e is not (MigrationException or SealingException or OperationCanceledException))
        {
            logger.StoreFailed(e, TimeSpan.Zero);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<string?> WhyNotReadyAsync(CancellationToken cancellationToken) => ValueTask.FromResult(database.IsPrepared ? null : "no answer yet");
}
