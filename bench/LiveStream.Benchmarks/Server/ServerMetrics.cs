using System.Globalization;

namespace LiveStream.Benchmarks.Server;

/// <summary>Prometheus text (exposition format 0.0.4) as sums over labels.</summary>
internal sealed class ServerMetrics
{
    private readonly Dictionary<string, double> _values = [];

    /// <summary>The sum over all labels; NaN if there is no such metric.</summary>
    public double this[string name] => _values.TryGetValue(name, out var value) ? value : double.NaN;

    public static ServerMetrics Parse(string text)
    {
        var metrics = new ServerMetrics();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.IsEmpty || line[0] == '#') continue;
            // name{labels} value [timestamp]
            var brace = line.IndexOf('{');
            var end = brace < 0 ? line.IndexOf(' ') : line.LastIndexOf('}') + 1;
            if (end <= 0) continue;
            var value = line[end..].Trim();
            var space = value.IndexOf(' ');
            if (space >= 0) value = value[..space];
            if (!double.TryParse(value, CultureInfo.InvariantCulture, out var number)) continue;
            var name = line[..(brace < 0 ? end : brace)].ToString();
            metrics._values[name] = metrics._values.GetValueOrDefault(name) + number;
        }
        return metrics;
    }

    /// <summary>Growth since an earlier reading; NaN if either lacks the metric.</summary>
    public double Since(ServerMetrics earlier, string name) => this[name] - earlier[name];
}
