using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace LiveStream.Hosting.Metrics;

/// <summary>How an instrument is shown in the Prometheus text format.</summary>
internal enum SeriesKind { Counter, Gauge, Histogram }

/// <summary>
/// The numbers of one instrument, by label set. Recording without tags neither locks nor allocates; with tags it does
/// both, so per-packet counts are kept by their owner and shown through observable instruments.
/// </summary>
internal sealed class InstrumentSeries
{
    /// <summary>Bound of label sets of one instrument; later ones are dropped.</summary>
    private const int MaxLabelSets = 2000;

    private static readonly double[] s_defaultBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Dictionary<string, Cell> _labelled = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly double[] _bounds;
    private readonly bool _observable;
    private Cell? _plain;

    public InstrumentSeries(Instrument instrument)
    {
        var definition = instrument.GetType();
        var open = definition.IsGenericType ? definition.GetGenericTypeDefinition() : definition;
        _observable = instrument.IsObservable;
        Kind = open == typeof(Counter<>) || open == typeof(ObservableCounter<>) ? SeriesKind.Counter
            : open == typeof(Histogram<>) ? SeriesKind.Histogram
            : SeriesKind.Gauge;
        IsAbsolute = _observable || open == typeof(Gauge<>);
        Name = PrometheusText.Name(instrument.Name) + (Kind == SeriesKind.Counter ? "_total" : "");
        Help = instrument.Description ?? "";
        _bounds = Kind == SeriesKind.Histogram ? BoundsOf(instrument) : [];
    }

    public SeriesKind Kind { get; }

    public string Name { get; }

    public string Help { get; }

    /// <summary>Measurements are whole values rather than increments.</summary>
    private bool IsAbsolute { get; }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var cell = tags.IsEmpty ? _plain ?? AddPlain() : CellOf(tags);
        if (cell is null) return;
        if (Kind == SeriesKind.Histogram) cell.Observe(value, _bounds);
        else if (IsAbsolute) cell.Set(value);
        else cell.Add(value);
    }

    /// <summary>Forgets the values of an observable instrument, so that label sets that ended disappear.</summary>
    public void BeforeObservation()
    {
        if (!_observable) return;
        lock (_gate)
        {
            _labelled.Clear();
            _plain = null;
        }
    }

    public void Write(StringBuilder text)
    {
        lock (_gate)
        {
            if (_plain is { } plain) Write(text, "", plain);
            foreach (var (labels, cell) in _labelled) Write(text, labels, cell);
        }
    }

    private void Write(StringBuilder text, string labels, Cell cell)
    {
        if (Kind != SeriesKind.Histogram)
        {
            PrometheusText.Sample(text, Name, labels, cell.Value);
            return;
        }

        var comma = labels.Length == 0 ? "" : ",";
        long cumulative = 0;
        for (var i = 0; i <= _bounds.Length; i++)
        {
            cumulative += cell.BucketCount(i);
            var bound = i < _bounds.Length ? _bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
            PrometheusText.Sample(text, Name + "_bucket", $"{labels}{comma}le=\"{bound}\"", cumulative);
        }

        PrometheusText.Sample(text, Name + "_sum", labels, cell.Value);
        PrometheusText.Sample(text, Name + "_count", labels, cumulative);
    }

    private Cell AddPlain()
    {
        lock (_gate) return _plain ??= new Cell(_bounds.Length);
    }

    private Cell? CellOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = PrometheusText.Labels(tags);
        lock (_gate)
        {
            if (_labelled.TryGetValue(labels, out var cell)) return cell;
            if (_labelled.Count >= MaxLabelSets) return null;
            return _labelled[labels] = new Cell(_bounds.Length);
        }
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(b => (double)b)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(b => (double)b)],
        _ => s_defaultBounds,
    };

    private sealed class Cell(int bounds)
    {
        private readonly long[] _buckets = new long[bounds + 1];
        private double _value;

        public double Value => Volatile.Read(ref _value);

        public long BucketCount(int index) => Volatile.Read(ref _buckets[index]);

        public void Set(double value) => Volatile.Write(ref _value, value);

        public void Add(double value)
        {
            double seen;
            do seen = Volatile.Read(ref _value);
            while (Interlocked.CompareExchange(ref _value, seen + value, seen) != seen);
        }

        public void Observe(double value, double[] bounds)
        {
            var index = 0;
            while (index < bounds.Length && value > bounds[index]) index++;
            Interlocked.Increment(ref _buckets[index]);
            Add(value);
        }
    }
}
