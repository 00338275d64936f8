using System.Net.Security;

using LiveStream.Hosting.Bus;

using MassTransit;

namespace LiveStream.Bus;

/// <summary>
/// What there is in the broker: one topic exchange for all events, the type being the routing key, and for each subscriber a
/// quorum queue with a single active consumer. Other programs may bind queues of their own to the exchange.
/// </summary>
internal static class Topology
{
    // Retries are made by the consumer, which keeps the order. A broker that gives up after so many deliveries, as newer ones do
    // after 20, would lose events when a consumer crashes at each start.
    private const int DeliveryLimit = 1_000_000;

    // A process that never comes back leaves a queue of its own behind.
    private static readonly TimeSpan s_ownQueueLife = TimeSpan.FromHours(1);

    /// <summary>The connection, and what is published. Queues are read by <see cref="QueueReader"/>.</summary>
    public static void Configure(IRabbitMqBusFactoryConfigurator broker, BusOptions options, bool ownsLog)
    {
        broker.Host(options.Host, (ushort)options.Port, options.VirtualHost, host =>
        {
            host.Username(options.User);
            host.Password(options.Password);
            host.PublisherConfirmation = true;
            host.RequestedConnectionTimeout(TimeSpan.FromSeconds(5));
            host.ContinuationTimeout(TimeSpan.FromSeconds(20));
            if (options.Tls)
            {
                host.UseSsl(tls =>
                {
                    // The system's choice.
                    tls.Protocol = System.Security.Authentication.SslProtocols.None;
                    tls.ServerName = options.Host;
                    tls.EnforcePolicyErrors(SslPolicyErrors.RemoteCertificateNotAvailable | SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateChainErrors);
                });
            }
        });
        var exchange = ExchangeOf(options);
        broker.Message<EventMessage>(message => message.SetEntityName(exchange));
        broker.Send<EventMessage>(send => send.UseRoutingKeyFormatter(context => context.Message.Type));
        broker.Publish<EventMessage>(publish =>
        {
            publish.ExchangeType = RabbitMQ.Client.ExchangeType.Topic;
            if (!ownsLog) return;
            foreach (var subscriber in options.Subscribers)
            {
                publish.BindQueue(exchange, QueueOf(options, subscriber), binding =>
                {
                    binding.ExchangeType = RabbitMQ.Client.ExchangeType.Topic;
                    binding.RoutingKey = "#";
                    Describe(binding, null);
                });
            }
        });
    }

    /// <summary>Name of a subscriber's queue.</summary>
    public static string QueueOf(BusOptions options, string subscriber) => $"{options.Prefix}.{subscriber}";

    /// <summary>Name of the queue of a subscriber in this process; each process has one when the subscriber is in each.</summary>
    public static string QueueOf(BusOptions options, EventSubscriber subscriber) =>
        subscriber.IsInEachProcess ? $"{QueueOf(options, subscriber.Name)}.{Guid.NewGuid():N}" : QueueOf(options, subscriber.Name);

    /// <summary>What a subscriber's queue is, and who reads it.</summary>
    public static void Read(IRabbitMqReceiveEndpointConfigurator endpoint, BusOptions options, EventPump pump, IReceiveEndpointObserver observer)
    {
        Describe(endpoint, pump.Subscriber.IsInEachProcess ? s_ownQueueLife : null);
        endpoint.ConfigureConsumeTopology = false;
        // More than one may be under way, so that batches are; the pump puts them in order.
        endpoint.PrefetchCount = options.Prefetch;
        endpoint.ConcurrentMessageLimit = options.Prefetch;
        endpoint.PublishFaults = false;
        foreach (var type in pump.Subscriber.Types)
        {
            endpoint.Bind(ExchangeOf(options), binding =>
            {
                binding.ExchangeType = RabbitMQ.Client.ExchangeType.Topic;
                binding.RoutingKey = type;
            });
        }

        endpoint.ConfigureReceive(receive => receive.UseFilter(new PassedDeliveries(pump)));
        endpoint.Consumer(() => new EventConsumer(pump));
        endpoint.ConnectReceiveEndpointObserver(observer);
    }

    private static string ExchangeOf(BusOptions options) => $"{options.Prefix}.events";

    // The relay and the subscriber declare the same queue, so they must agree on everything.
    private static void Describe(IRabbitMqQueueConfigurator queue, TimeSpan? life)
    {
        queue.SetQuorumQueue();
        queue.SingleActiveConsumer = true;
        queue.SetQueueArgument("x-delivery-limit", DeliveryLimit);
        if (life is { } limit) queue.QueueExpiration = limit;
    }
}
