using System.Diagnostics;

using Grpc.Core;

using LiveStream.Rpc.Tests.Echo.V1;

namespace LiveStream.Rpc.Tests.Calls;

/// <summary>A call is part of its caller's trace.</summary>
public sealed class TracingTests
{
    [Fact]
    public async Task Say_InATrace_IsServedInIt()
    {
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var source = new ActivitySource("LiveStream.Rpc.Tests");
        using var listener = new ActivityListener
        {
            ShouldListenTo = from => from.Name.StartsWith("LiveStream.Rpc", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        ActivityTraceId trace;
        using (var root = source.StartActivity("root"))
        {
            trace = root!.TraceId;
            await channel.EchoAsync("Say", new EchoMessage());
            await Assert.ThrowsAsync<RpcException>(() => channel.EchoAsync("Say", new EchoMessage { Text = "crash" }));
        }

        await host.StopAsync();
        var ours = spans.Where(span => span.TraceId == trace && span.OperationName == "livestream.testing.v1.Echo/Say").ToArray();
        var served = ours.Where(span => span.Kind == ActivityKind.Server).ToArray();
        Assert.Equal(2, ours.Count(span => span.Kind == ActivityKind.Client));
        Assert.Equal([0, 13], served.Select(span => (int)span.GetTagItem("rpc.grpc.status_code")!));
    }
}
