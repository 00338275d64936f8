using LiveStream.Hosting;
using LiveStream.Hosting.Bus;
using LiveStream.Hosting.Health;

using MassTransit;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Bus;

/// <summary>The way of events between processes.</summary>
public static class BusServices
{
    private static readonly TimeSpan s_consumerStop = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Connects what the modules before have registered: the process that owns the event log relays it, and each subscriber of
    /// the process gets its queue. Without a broker (<c>Bus:Transport</c> is <c>InProcess</c>) subscribers read the log, which
    /// must be in their process.
    /// </summary>
    public static WebApplicationBuilder AddEventBus(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<BusOptions>().BindConfiguration(BusOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<BusOptions>, BusOptionsValidator>();
        services.AddOptions<EventOptions>().BindConfiguration(EventOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EventOptions>, EventOptionsValidator>());

        var ownsLog = services.Any(service => service.ServiceType == typeof(IEventLog));
        var registered = services.Where(service => service.ServiceType == typeof(EventSubscriber)).ToArray();
        var options = builder.Configuration.GetSection(BusOptions.Section).Get<BusOptions>() ?? new BusOptions();
        if (options.Transport == BusTransport.InProcess)
        {
            if (!ownsLog && registered.Length > 0)
                throw new InvalidOperationException($"Bus:Transport is InProcess, but the event log is in another process: {Names(registered)} would get no events. Set Bus:Transport to RabbitMq.");
            return builder;
        }

        // They have queues now; the log's one reader is the relay.
        foreach (var one in registered) services.Remove(one);
        var subscribers = registered.Select(one => (EventSubscriber)one.ImplementationInstance!).ToArray();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<BusMetrics>();
        services.AddSingleton<IReadinessCheck, BusReadiness>();
        if (ownsLog)
        {
            services.AddSingleton<EventRelay>();
            services.AddSingleton(new EventSubscriber(EventRelay.Subscriber) { LongestRetry = TimeSpan.FromSeconds(2) }
                .HandleEverything(provider => provider.GetRequiredService<EventRelay>()));
        }

        services.AddSingleton(provider => new QueueReaders([.. subscribers.Select(one =>
        {
            var pump = ActivatorUtilities.CreateInstance<EventPump>(provider, one);
            return (pump, ActivatorUtilities.CreateInstance<QueueReader>(provider, pump));
        })]));
        for (var i = 0; i < subscribers.Length; i++)
        {
            var number = i;
            services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<QueueReaders>().All[number].Pump);
            services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<QueueReaders>().All[number].Reader);
        }

        services.AddOptions<MassTransitHostOptions>().Configure<IOptions<HttpOptions>>((host, http) =>
        {
            // The broker may come later than this process.
            host.WaitUntilStarted = false;
            host.StopTimeout = http.Value.ShutdownTimeout;
            // What is not handled by then the broker has back.
            host.ConsumerStopTimeout = s_consumerStop;
        });
        // It tells of each attempt to connect, with a trace; what matters of it, readers and relay tell.
        builder.Logging.AddFilter("MassTransit", LogLevel.Critical);
        services.AddMassTransit(bus =>
        {
            // It would tell its makers of each start.
            bus.DisableUsageTelemetry();
            bus.UsingRabbitMq((context, broker) => Topology.Configure(broker, context.GetRequiredService<IOptions<BusOptions>>().Value, ownsLog));
        });
        return builder;
    }

    private static string Names(IEnumerable<ServiceDescriptor> subscribers) =>
        string.Join(", ", subscribers.Select(one => ((EventSubscriber)one.ImplementationInstance!).Name));
}

/// <summary>Who reads the queue of each subscriber of this process, and who hands on what is read.</summary>
internal sealed record QueueReaders(IReadOnlyList<(EventPump Pump, QueueReader Reader)> All);
