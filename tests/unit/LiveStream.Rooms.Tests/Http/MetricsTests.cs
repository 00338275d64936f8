using System.Diagnostics.Metrics;

namespace LiveStream.Rooms.Tests.Http;

public sealed class MetricsTests(RoomsHost host) : IClassFixture<RoomsHost>
{
    [Fact]
    public async Task Metrics_OfOurMeters_AreShownInPrometheusText()
    {
        using var meter = new Meter("LiveStream.MetricsTests");
        using var foreign = new Meter("Foreign.MetricsTests");
        var watched = 7L;
        meter.CreateCounter<long>("mt.calls", description: "Calls.").Add(3);
        meter.CreateCounter<long>("mt.calls_by").Add(2, new KeyValuePair<string, object?>("kind", "a\"b\\c\nd"));
        meter.CreateObservableCounter("mt.packets", () => watched);
        meter.CreateObservableGauge("mt.rooms", () => 1.5);
        meter.CreateUpDownCounter<int>("mt.viewers").Add(-2);
        var histogram = meter.CreateHistogram("mt.seconds", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in new[] { 0.05, 0.1, 0.5, 3 }) histogram.Record(value);
        foreign.CreateCounter<long>("foreign.calls").Add(1);

        var text = await host.Client.GetStringAsync("/metrics");
        watched = 9;
        var later = await host.Client.GetStringAsync("/metrics");

        Assert.Contains("# HELP mt_calls_total Calls.\n# TYPE mt_calls_total counter\nmt_calls_total 3\n", text, StringComparison.Ordinal);
        Assert.Contains("mt_calls_by_total{kind=\"a\\\"b\\\\c\\nd\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE mt_packets_total counter\nmt_packets_total 7\n", text, StringComparison.Ordinal);
        Assert.Contains("mt_packets_total 9\n", later, StringComparison.Ordinal);
        Assert.Contains("# TYPE mt_rooms gauge\nmt_rooms 1.5\n", text, StringComparison.Ordinal);
        Assert.Contains("mt_viewers -2\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "mt_seconds_bucket{le=\"0.1\"} 2\nmt_seconds_bucket{le=\"1\"} 3\nmt_seconds_bucket{le=\"+Inf\"} 4\nmt_seconds_sum 3.65\nmt_seconds_count 4\n",
            text, StringComparison.Ordinal);
        Assert.DoesNotContain("foreign", text, StringComparison.Ordinal);
    }
}
