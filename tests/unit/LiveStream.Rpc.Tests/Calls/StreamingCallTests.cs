using Google.Protobuf;

using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Reflection.V1;

using LiveStream.Rpc.Tests.Echo.V1;

namespace LiveStream.Rpc.Tests.Calls;

/// <summary>Calls with many replies, our client against our server.</summary>
public sealed class StreamingCallTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Repeat_ManyReplies_ComeInOrder()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        var next = 0u;
        await foreach (var message in channel.EchoesAsync("Repeat", new EchoMessage { Text = "a", Count = 20_000 })) Assert.Equal(next++, message.Count);
        Assert.Equal(20_000u, next);
    }

    [Fact]
    public async Task Repeat_NoReply_Ends()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        await foreach (var _ in channel.EchoesAsync("Repeat", new EchoMessage())) Assert.Fail("there is none");
    }

    [Fact]
    public async Task RepeatAndWait_Replies_AreThereBeforeTheEnd()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        using var leave = new CancellationTokenSource(s_patience);
        await using var replies = channel.EchoesAsync("RepeatAndWait", new EchoMessage { Count = 2 }, leave.Token).GetAsyncEnumerator(leave.Token);
        Assert.True(await replies.MoveNextAsync());
        Assert.True(await replies.MoveNextAsync());
        var third = replies.MoveNextAsync();
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await third);
        await host.Echo.Left.Task.WaitAsync(s_patience);
    }

    [Fact]
    public async Task RepeatAndWait_WithoutAReply_TellsThatItIsServed()
    {
        await using var host = await EchoHost.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "/livestream.testing.v1.Echo/RepeatAndWait"))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(new byte[5]),
        };
        request.Content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        request.Headers.TryAddWithoutValidation("authorization", "Bearer " + EchoHost.Token);
        using var headers = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(s_patience);
        Assert.Equal("application/grpc", headers.Content.Headers.ContentType?.MediaType);
        Assert.False(headers.Headers.Contains("grpc-status"));
    }

    [Fact]
    public async Task RepeatAndWait_LeftByItsReader_EndsOnTheOtherSide()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        await foreach (var _ in channel.EchoesAsync("RepeatAndWait", new EchoMessage { Count = 1 })) break;
        await host.Echo.Left.Task.WaitAsync(s_patience);
    }

    [Fact]
    public async Task RepeatAndFail_Replies_ComeBeforeTheStatus()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        var seen = 0;
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var _ in channel.EchoesAsync("RepeatAndFail", new EchoMessage { Count = 3 })) seen++;
        });
        Assert.Equal((3, StatusCode.Aborted, "100 % genug: ü\n"), (seen, failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task RepeatAndWait_AReplyAboveTheLimit_EndsTheCallOnBothSides()
    {
        await using var host = await EchoHost.StartAsync(settings: ("Rpc:MaxMessageBytes", "2000"));
        using var channel = host.Channel();
        var request = new EchoMessage { Text = "twice as much", Count = 1, Ballast = ByteString.CopyFrom(new byte[1500]) };
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var _ in channel.EchoesAsync("RepeatAndWait", request)) Assert.Fail("it is too large");
        });
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        await host.Echo.Left.Task.WaitAsync(s_patience);
    }

    [Fact]
    public async Task Repeat_ForAReaderThatStandsStill_IsNotProducedAheadWithoutEnd()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        await foreach (var _ in channel.EchoesAsync("Repeat", new EchoMessage { Count = 1000, Ballast = ByteString.CopyFrom(new byte[200_000]) })) break;
        Assert.InRange(host.Echo.Produced, 1, 500);
    }

    [Fact]
    public async Task Reflection_WhileItsReaderListens_DoesNotHoldUpTheEnd()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = GrpcChannel.ForAddress(host.Address);
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo(new Metadata { { "authorization", "Bearer " + EchoHost.Token } });
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "*" });
        Assert.True(await call.ResponseStream.MoveNext());
        // The host itself would give up after half a minute.
        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task RepeatAndWait_WhenTheProcessStops_IsUnavailable()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        using var limit = new CancellationTokenSource(s_patience);
        await using var replies = channel.EchoesAsync("RepeatAndWait", new EchoMessage { Count = 1 }, limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await replies.MoveNextAsync());
        var next = replies.MoveNextAsync();
        await host.StopAsync();
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(async () => await next)).StatusCode);
    }

    [Fact]
    public async Task RepeatAndWait_WhenTheOtherSideFallsSilent_IsUnavailable()
    {
        // Whoever waits is told within five seconds; here the machine may be busy, so the test only sees that it is the probe that tells.
        Assert.InRange(new RpcOptions().KeepAliveDelay + new RpcOptions().KeepAliveTimeout, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5));
        await using var host = await EchoHost.StartAsync();
        await using var wire = await FrozenWire.StartAsync(host.Address);
        using var channel = EchoHost.ChannelTo(wire.Address, change: options => options.KeepAliveTimeout = TimeSpan.FromSeconds(5));
        using var limit = new CancellationTokenSource(s_patience);
        await using var replies = channel.EchoesAsync("RepeatAndWait", new EchoMessage { Count = 1 }, limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await replies.MoveNextAsync());
        wire.Freeze();
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(async () => await replies.MoveNextAsync())).StatusCode);
    }
}
