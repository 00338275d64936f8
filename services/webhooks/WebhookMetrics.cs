using System.Diagnostics.Metrics;

using LiveStream.Webhooks.Delivery;

namespace LiveStream.Webhooks;

/// <summary>What is counted of webhooks.</summary>
internal sealed class WebhookMetrics : IDisposable
{
    private readonly Meter _meter = new("LiveStream.Webhooks");
    private readonly Counter<long> _attempts, _ended;
    private readonly Histogram<double> _delay, _duration;
    private Func<(int InFlight, int Waiting)> _read = () => (0, 0);

    public WebhookMetrics()
    {
        _attempts = _meter.CreateCounter<long>("webhooks.attempts", "{attempt}", "Attempts to deliver, by outcome.");
        _ended = _meter.CreateCounter<long>("webhooks.deliveries", "{delivery}", "Deliveries that came to an end, by how.");
        _delay = _meter.CreateHistogram<double>("webhooks.delay", "s", "From the event to its arrival.");
        _duration = _meter.CreateHistogram<double>("webhooks.attempt_duration", "s", "Time of an attempt.");
        _meter.CreateObservableUpDownCounter("webhooks.in_flight", () => _read().InFlight, "{attempt}", "Attempts that go on.");
        _meter.CreateObservableUpDownCounter("webhooks.in_memory", () => _read().Waiting, "{delivery}", "Deliveries in memory; more may wait in the database.");
    }

    /// <summary>Where gauges are read.</summary>
    public void Observe(Func<(int InFlight, int Waiting)> read) => _read = read;

    /// <summary>An attempt has ended.</summary>
    public void Attempted(DeliveryState state, AttemptOutcome outcome, PendingDelivery delivery, DateTimeOffset now)
    {
        var what = state == DeliveryState.Delivered ? "delivered" : outcome.Status > 0 ? "refused" : outcome.Error == "timeout" ? "timeout" : "unreachable";
        _attempts.Add(1, new KeyValuePair<string, object?>("outcome", what));
        _duration.Record(outcome.Duration.TotalSeconds);
        if (state == DeliveryState.Pending) return;
        _ended.Add(1, new KeyValuePair<string, object?>("state", state == DeliveryState.Delivered ? "delivered" : "failed"));
        if (state == DeliveryState.Delivered) _delay.Record((now - delivery.CreatedAt).TotalSeconds);
    }

    public void Dispose() => _meter.Dispose();
}
