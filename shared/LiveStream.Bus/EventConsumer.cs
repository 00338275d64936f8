using MassTransit;
using MassTransit.RabbitMqTransport;

namespace LiveStream.Bus;

/// <summary>The border to the transport: a message is confirmed to the broker when its event was handled.</summary>
internal sealed class EventConsumer(EventPump pump) : IConsumer<EventMessage>
{
    public Task Consume(ConsumeContext<EventMessage> context)
    {
        var e = context.Message.ToLogged();
        var delivered = context.ReceiveContext.GetPayload<RabbitMqBasicConsumeContext>();
        context.ReceiveContext.GetOrAddPayload(() => Offered.Yes);
        return pump.OfferAsync(context.ReceiveContext.GetPayload<ChannelContext>().Channel, delivered.DeliveryTag, e);
    }

    /// <summary>Tells that a delivery came as far as the consumer.</summary>
    internal sealed class Offered
    {
        public static readonly Offered Yes = new();
    }
}

/// <summary>Tells the pump of deliveries that never reach the consumer, such as messages that nobody can read.</summary>
internal sealed class PassedDeliveries(EventPump pump) : IFilter<ReceiveContext>
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        try
        {
            await next.Send(context);
        }
        finally
        {
            if (!context.HasPayloadType(typeof(EventConsumer.Offered)) && context.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivered))
                pump.Pass(context.GetPayload<ChannelContext>().Channel, delivered.DeliveryTag);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("passedDeliveries");
}
