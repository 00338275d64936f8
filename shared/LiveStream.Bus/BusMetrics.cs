using System.Diagnostics.Metrics;

namespace LiveStream.Bus;

/// <summary>What is counted of the bus.</summary>
internal sealed class BusMetrics : IDisposable
{
    private readonly Meter _meter = new("LiveStream.Bus");
    private readonly Counter<long> _published, _handled, _repeated;
    private readonly Histogram<double> _delay;
    private long _confirms;

    public BusMetrics()
    {
        _published = _meter.CreateCounter<long>("bus.published", "{event}", "Events that the broker confirmed.");
        _handled = _meter.CreateCounter<long>("bus.handled", "{event}", "Events that a subscriber handled, by subscriber.");
        _repeated = _meter.CreateCounter<long>("bus.repeated", "{event}", "Deliveries of what was handled before, by subscriber.");
        _delay = _meter.CreateHistogram<double>("bus.delay", "s", "From the change to its handling, by subscriber.");
    }

    /// <summary>Confirms so far.</summary>
    public long Published => Volatile.Read(ref _confirms);

    public void Confirmed()
    {
        Interlocked.Increment(ref _confirms);
        _published.Add(1);
    }

    public void Handled(string subscriber, TimeSpan delay)
    {
        var tag = new KeyValuePair<string, object?>("subscriber", subscriber);
        _handled.Add(1, tag);
        _delay.Record(delay.TotalSeconds, tag);
    }

    public void Repeated(string subscriber) => _repeated.Add(1, new KeyValuePair<string, object?>("subscriber", subscriber));

    public void Dispose() => _meter.Dispose();
}
