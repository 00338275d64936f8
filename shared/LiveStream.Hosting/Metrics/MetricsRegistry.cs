using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

using Microsoft.Extensions.Hosting;

namespace LiveStream.Hosting.Metrics;

/// <summary>Collects every instrument of the meters named <c>LiveStream.*</c> and renders them with the process's own figures.</summary>
internal sealed class MetricsRegistry : IHostedService, IDisposable
{
    private const string MeterPrefix = "LiveStream.";

    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> _series = new();
    private readonly MeterListener _listener = new();
    private readonly Lock _scrape = new();

    public MetricsRegistry()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal)) return;
            var series = new InstrumentSeries(instrument);
            if (_series.TryAdd(instrument, series)) listener.EnableMeasurementEvents(instrument, series);
        };
        _listener.MeasurementsCompleted = (instrument, _) => _series.TryRemove(instrument, out InstrumentSeries? _);
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, state) => ((InstrumentSeries)state!).Record((double)value, tags));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public string Render()
    {
        var text = new StringBuilder(8192);
        ProcessMetrics.Write(text);
        // Observable values are cleared and taken anew, which two scrapes at once must not mix.
        lock (_scrape)
        {
            foreach (var series in _series.Values) series.BeforeObservation();
            _listener.RecordObservableInstruments();
            foreach (var group in _series.Values.GroupBy(s => s.Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                var first = group.First();
                PrometheusText.Header(text, first.Name, first.Kind, first.Help);
                foreach (var series in group) series.Write(text);
            }
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();
}
