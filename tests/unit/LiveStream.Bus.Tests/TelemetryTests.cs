using System.Collections.Concurrent;
using System.Diagnostics;

using LiveStream.Hosting.Bus;

namespace LiveStream.Bus.Tests;

public sealed class TelemetryTests(Broker broker) : IClassFixture<Broker>
{
    [Fact]
    public async Task Trace_OfAChange_GoesOnWhereItsEventIsHandled()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is EventTracing.Source or "test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var (log, receiver) = (new MemoryLog(), new Receiver());
        await using var subscriber = await BusProcess.StartAsync(broker.Server, "trace", null, services => receiver.Subscribe(services, "s"));
        await using var owner = await BusProcess.StartAsync(broker.Server, "trace", log, null, "--Bus:Subscribers:0=s");
        using var source = new ActivitySource("test");
        ActivityTraceId trace;
        using (var change = source.StartActivity("a change")!)
        {
            trace = change.TraceId;
            log.Append("room");
        }

        await receiver.TakeAllAsync(log);
        await BusProcess.EventuallyAsync(() => Task.FromResult(ended.Any(activity => activity.TraceId == trace && activity.Kind == ActivityKind.Consumer)));
        var publish = Assert.Single(ended, activity => activity.TraceId == trace && activity.Kind == ActivityKind.Producer);
        var handle = Assert.Single(ended, activity => activity.TraceId == trace && activity.Kind == ActivityKind.Consumer);
        Assert.Equal(("publish room.updated.v1", "s handles room.updated.v1"), (publish.DisplayName, handle.DisplayName));
        Assert.Equal(publish.SpanId, handle.ParentSpanId);
    }

    [Fact]
    public async Task Collector_ThatIsNamed_GetsTracesAndMetricsOfTheProcess()
    {
        await using var collector = await Collector.StartAsync();
        var (log, receiver) = (new MemoryLog(), new Receiver());
        await using var process = await BusProcess.StartAsync(
            broker.Server, "otlp", log, services => receiver.Subscribe(services, "s"), "--Bus:Subscribers:0=s",
            $"--Telemetry:Endpoint={collector.Address}", "--Telemetry:ServiceName=a-test", "--Telemetry:MetricsInterval=00:00:01");
        await process.ReadAsync("/healthz");
        using (new Activity("a change") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start()) log.Append("room");
        await receiver.TakeAllAsync(log);

        await collector.WaitForAsync("TraceService", "a-test", "publish room.updated.v1", "s handles room.updated.v1");
        await collector.WaitForAsync("MetricsService", "a-test", "bus.handled");
    }

    [Fact]
    public async Task WrongEndpoint_StopsTheStart()
    {
        var error = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => BusProcess.StartAsync(broker.Server, "wrong", null, null, "--Telemetry:Endpoint=collector"));
        Assert.Contains("http://collector:4317", error.Message, StringComparison.Ordinal);
    }
}
