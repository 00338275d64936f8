using System.Text.Json;

using Google.Protobuf;

using Grpc.Core;

using LiveStream.Rpc.Tests.Calls;
using LiveStream.Rpc.Tests.Echo.V1;

namespace LiveStream.Rpc.Tests.Interop;

/// <summary>Another implementation of gRPC calls our server, and serves our client.</summary>
public sealed class GrpcJsTests
{
    private const int Checks = 18;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task TheirClient_AgainstOurServer_AgreesOnEverything()
    {
        await using var host = await EchoHost.StartAsync();
        await using var script = GrpcJs.Start("client.mjs", host.Address.Authority, EchoHost.Token);
        using var result = JsonDocument.Parse(await script.ReadLineAsync());
        Assert.Equal("", string.Join('\n', result.RootElement.GetProperty("failed").EnumerateArray().Select(failure => failure.GetString())));
        Assert.Equal(Checks, result.RootElement.GetProperty("passed").GetInt32());
        // Its calls that were cancelled, or late, ended here too.
        await host.Echo.Left.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task OurClient_AgainstTheirServer_AgreesOnUnaryCalls()
    {
        await using var script = GrpcJs.Start("server.mjs", EchoHost.Token);
        var address = await script.ReadAddressAsync();
        using var channel = EchoHost.ChannelTo(address, change: options => options.FirstRetry = TimeSpan.FromMilliseconds(1));

        Assert.Equal("grün 100 %", (await channel.EchoAsync("Say", new EchoMessage { Text = "grün 100 %" })).Text);
        Assert.Equal(new EchoMessage(), await channel.EchoAsync("Say", new EchoMessage()));
        var replies = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => channel.EchoAsync("Say", new EchoMessage { Count = (uint)i })));
        Assert.Equal(Enumerable.Range(0, 500).Select(i => (uint)i), replies.Select(r => r.Count));

        var ballast = ByteString.CopyFrom(new byte[4 * 1024 * 1024 - 100]);
        Assert.Equal(ballast, (await channel.EchoAsync("Say", new EchoMessage { Ballast = ballast })).Ballast);
        Assert.Equal(StatusCode.ResourceExhausted, await channel.EchoAsync("Say", new EchoMessage { Text = "twice as much" }).CodeOfAsync());

        for (var code = 1; code <= 16; code++)
        {
            var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync<Failure, EchoMessage>(
                EchoHost.Method("Fail"), new Failure { Code = code, Message = "Fehler № %" }, default));
            Assert.Equal(((StatusCode)code, "Fehler № %"), (failure.StatusCode, failure.Status.Detail));
        }

        // Two refusals, then the reply.
        Assert.Equal(3u, (await channel.EchoAsync("Ask", new EchoMessage())).Count);
        Assert.Equal(StatusCode.DeadlineExceeded, await channel.EchoAsync("Wait", new EchoMessage(), deadline: TimeSpan.FromMilliseconds(300)).CodeOfAsync());
        Assert.Equal("left", await script.ReadLineAsync());
        using var leave = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => channel.EchoAsync("Wait", new EchoMessage(), cancellationToken: leave.Token));
        Assert.Equal("left", await script.ReadLineAsync());

        using var stranger = EchoHost.ChannelTo(address, "another token of somebody");
        Assert.Equal(StatusCode.Unauthenticated, await stranger.EchoAsync("Say", new EchoMessage()).CodeOfAsync());
    }

    [Fact]
    public async Task OurClient_AgainstTheirServer_AgreesOnStreams()
    {
        await using var script = GrpcJs.Start("server.mjs", EchoHost.Token);
        var address = await script.ReadAddressAsync();
        using var channel = EchoHost.ChannelTo(address);

        using var limit = new CancellationTokenSource(s_patience);
        var next = 0u;
        await foreach (var message in channel.EchoesAsync("Repeat", new EchoMessage { Text = "a", Count = 5000 }, limit.Token)) Assert.Equal(next++, message.Count);
        Assert.Equal(5000u, next);
        await foreach (var _ in channel.EchoesAsync("Repeat", new EchoMessage(), limit.Token)) Assert.Fail("there is none");

        var seen = 0;
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var _ in channel.EchoesAsync("RepeatAndFail", new EchoMessage { Count = 3 }, limit.Token)) seen++;
        });
        Assert.Equal((3, StatusCode.Aborted, "100 % genug: ü"), (seen, failure.StatusCode, failure.Status.Detail));

        using var stranger = EchoHost.ChannelTo(address, "another token of somebody");
        failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var _ in stranger.EchoesAsync("Repeat", new EchoMessage { Count = 1 }, limit.Token)) Assert.Fail("there is none");
        });
        Assert.Equal(StatusCode.Unauthenticated, failure.StatusCode);

        await foreach (var _ in channel.EchoesAsync("RepeatAndWait", new EchoMessage { Count = 1 }, limit.Token)) break;
        Assert.Equal("left", await script.ReadLineAsync());
    }

    [Fact]
    public async Task OurClient_WhenTheirServerDies_IsToldSo()
    {
        await using var script = GrpcJs.Start("server.mjs", EchoHost.Token);
        using var channel = EchoHost.ChannelTo(await script.ReadAddressAsync());
        using var limit = new CancellationTokenSource(s_patience);
        await using var replies = channel.EchoesAsync("RepeatAndWait", new EchoMessage { Count = 1 }, limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await replies.MoveNextAsync());
        var next = replies.MoveNextAsync();
        await script.DisposeAsync();
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(async () => await next)).StatusCode);
    }
}
