using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Webhooks;
using LiveStream.Hosting.Bus;
using LiveStream.Hosting.Health;
using LiveStream.Hosting.OpenApi;
using LiveStream.Storage;
using LiveStream.Storage.Sealing;
using LiveStream.Webhooks.Delivery;
using LiveStream.Webhooks.Destinations;
using LiveStream.Webhooks.Payloads;
using LiveStream.Webhooks.Rest;
using LiveStream.Webhooks.Storage;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LiveStream.Webhooks;

/// <summary>The door of the webhooks service: what happens is told to other servers, at least once and in order.</summary>
public static class WebhooksModule
{
    /// <summary>
    /// Registers the service, and <see cref="IWebhooksControl"/>. It needs an <see cref="IWorkspaces"/>, and events: an
    /// <see cref="IEventLog"/> in the process, or the bus.
    /// </summary>
    public static WebApplicationBuilder AddWebhooks(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<WebhooksOptions>().BindConfiguration(WebhooksOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhooksOptions>, WebhooksOptionsValidator>();

        services.AddSingleton<WebhookDatabase>(provider => provider.GetRequiredService<IOptions<WebhooksOptions>>().Value.Database.Provider switch
        {
            DatabaseProvider.Postgres => ActivatorUtilities.CreateInstance<PostgresWebhooks>(provider),
            _ => ActivatorUtilities.CreateInstance<SqliteWebhooks>(provider),
        });
        services.AddSingleton<WebhookStart>();
        services.AddHostedService(provider => provider.GetRequiredService<WebhookStart>());
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<WebhookStart>());
        services.AddSingleton<SecretSeal<WebhooksOptions>>();
        services.AddSingleton<EndpointStore>();
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<HistoryStore>();
        services.AddSingleton<ReplayStore>();
        services.AddSingleton<EndpointCatalog>();
        services.AddSingleton<IWebhooksControl>(provider => provider.GetRequiredService<EndpointCatalog>());

        services.AddSingleton<AddressGuard>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<WebhookMetrics>();
        services.AddSingleton<EndpointHealth>();
        services.AddSingleton<DeliveryEngine>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryEngine>());
        services.AddSingleton<Upkeep>();
        services.AddHostedService(provider => provider.GetRequiredService<Upkeep>());

        services.AddSingleton<WebhookIntake>();
        services.AddEventSubscriber(WebhookIntake.Subscriber).HandleBatches(WebhookIntake.Events, provider => provider.GetRequiredService<WebhookIntake>());
        return builder;
    }

    /// <summary>Maps what the service answers below <c>/v2</c>.</summary>
    public static WebApplication MapWebhooks(this WebApplication app)
    {
        var api = app.MapDescribed(WebhookSamples.All);
        api.MapWebhookEndpoints();
        api.MapDeliveries();
        api.MapWebhookAnalytics();
        return app;
    }
}
