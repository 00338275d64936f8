using System.Net;
using System.Net.Sockets;

using Google.Protobuf;

using Grpc.Core;

using LiveStream.Rpc.Tests.Echo.V1;
using LiveStream.Testing;

using Microsoft.AspNetCore.Builder;

namespace LiveStream.Rpc.Tests.Calls;

/// <summary>Calls with one reply, our client against our server.</summary>
public sealed class UnaryCallTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Say_Anything_ComesBack()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        Assert.Equal("ü 100 %", (await channel.EchoAsync("Say", new EchoMessage { Text = "ü 100 %" })).Text);
        Assert.Equal(new EchoMessage(), await channel.EchoAsync("Say", new EchoMessage()));
    }

    [Fact]
    public async Task Say_ManyAtOnce_EachGetsItsOwn()
    {
        // Both ends share one process and its pool of threads: a probe may wait behind the calls.
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel(change: options => options.CallTimeout = s_patience * 3);
        var replies = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => channel.EchoAsync("Say", new EchoMessage { Count = (uint)i })));
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => (uint)i), replies.Select(r => r.Count));
    }

    [Fact]
    public async Task Say_AMessageBelowTheLimit_ComesBackWhole()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        var ballast = ByteString.CopyFrom(new byte[4 * 1024 * 1024 - 100]);
        Assert.Equal(ballast.Length, (await channel.EchoAsync("Say", new EchoMessage { Ballast = ballast })).Ballast.Length);
    }

    [Fact]
    public async Task Say_AMessageAboveTheLimit_IsRefusedByEitherSide()
    {
        await using var host = await EchoHost.StartAsync(settings: ("Rpc:MaxMessageBytes", "2000"));
        var large = new EchoMessage { Ballast = ByteString.CopyFrom(new byte[3000]) };
        using var careful = host.Channel(change: options => options.MaxMessageBytes = 2000);
        Assert.Equal(StatusCode.ResourceExhausted, await careful.EchoAsync("Say", large).CodeOfAsync());
        Assert.Equal(0, host.Echo.Said);
        using var careless = host.Channel();
        Assert.Equal(StatusCode.ResourceExhausted, await careless.EchoAsync("Say", large).CodeOfAsync());
        Assert.Equal(0, host.Echo.Said);
    }

    [Theory]
    [InlineData(3, "plain")]
    [InlineData(5, "100 % ü 漢字 \u0001\n")]
    [InlineData(13, "")]
    public async Task Fail_AnyStatus_ArrivesWithItsText(int code, string text)
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        var failure = await Assert.ThrowsAsync<RpcException>(
            () => channel.UnaryAsync<Failure, EchoMessage>(EchoHost.Method("Fail"), new Failure { Code = code, Message = text }, default));
        Assert.Equal(((StatusCode)code, text), (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task Say_ABugBehindIt_TellsNothingOfTheInside()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.EchoAsync("Say", new EchoMessage { Text = "crash" }));
        Assert.Equal((StatusCode.Internal, "internal error"), (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task Wait_PastItsDeadline_EndsOnBothSides()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        Assert.Equal(StatusCode.DeadlineExceeded, await channel.EchoAsync("Wait", new EchoMessage(), deadline: TimeSpan.FromMilliseconds(200)).CodeOfAsync());
        await host.Echo.Left.Task.WaitAsync(s_patience);
    }

    [Fact]
    public async Task Wait_CancelledByTheCaller_EndsOnBothSides()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        using var leave = new CancellationTokenSource();
        var waiting = channel.EchoAsync("Wait", new EchoMessage(), cancellationToken: leave.Token);
        // A second call's reply shows that the first one has been sent.
        await channel.EchoAsync("Say", new EchoMessage());
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await host.Echo.Left.Task.WaitAsync(s_patience);
    }

    [Fact]
    public async Task Say_CancelledWhileItsReplyArrives_IsCancelledAndNothingElse()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel();
        var message = new EchoMessage { Ballast = ByteString.CopyFrom(new byte[300_000]) };
        var random = new Random(1);
        var cancelled = 0;
        for (var i = 0; i < 400; i++)
        {
            using var leave = new CancellationTokenSource(TimeSpan.FromMicroseconds(random.Next(4000)));
            try
            {
                await channel.EchoAsync("Say", message, cancellationToken: leave.Token);
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }
        }

        Assert.NotEqual(0, cancelled);
    }

    [Fact]
    public async Task Say_AMessageThatNobodyCanRead_IsRefusedAsSuch()
    {
        await using var host = await EchoHost.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "/livestream.testing.v1.Echo/Say"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            // A text of five bytes of which none is there.
            Content = new ByteArrayContent([0, 0, 0, 0, 2, 0x0A, 5]),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.Authorization = new("Bearer", EchoHost.Token);
        using var answer = await http.SendAsync(request);
        Assert.Equal("13", Assert.Single(answer.Headers.GetValues("grpc-status")));
        Assert.Equal(0, host.Echo.Said);
    }

    [Theory]
    [InlineData("another token of tests")]
    [InlineData("")]
    public async Task Say_WithoutTheToken_IsNotServed(string token)
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel(token);
        Assert.Equal(StatusCode.Unauthenticated, await channel.EchoAsync("Say", new EchoMessage()).CodeOfAsync());
        Assert.Equal(0, host.Echo.Said);
    }

    [Fact]
    public async Task Ask_WhileTheOtherSideIsBusy_IsRepeated()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel(change: options => options.FirstRetry = TimeSpan.FromMilliseconds(1));
        host.Echo.FailNext = 3;
        await channel.EchoAsync("Ask", new EchoMessage());
        Assert.Equal(4, host.Echo.Said);
    }

    [Fact]
    public async Task Say_WhileTheOtherSideIsBusy_IsNotRepeated()
    {
        await using var host = await EchoHost.StartAsync();
        using var channel = host.Channel(change: options => options.FirstRetry = TimeSpan.FromMilliseconds(1));
        host.Echo.FailNext = 1;
        Assert.Equal(StatusCode.Unavailable, await channel.EchoAsync("Say", new EchoMessage()).CodeOfAsync());
        Assert.Equal(1, host.Echo.Said);
    }

    [Fact]
    public async Task Say_BeforeTheOtherSideListens_ArrivesOnceItDoes()
    {
        var port = FreePort.Take();
        using var channel = EchoHost.ChannelTo(new Uri($"http://127.0.0.1:{port}"), change: options =>
        {
            options.Attempts = 10;
            options.LongestRetry = TimeSpan.FromSeconds(2);
            options.CallTimeout = s_patience;
        });
        var early = channel.EchoAsync("Say", new EchoMessage { Text = "early" });
        await using var host = await EchoHost.StartAsync(port: port);
        Assert.Equal("early", (await early).Text);
        Assert.Equal(1, host.Echo.Said);
    }

    [Fact]
    public async Task Say_ToNobody_IsUnavailable()
    {
        using var channel = EchoHost.ChannelTo(new Uri($"http://127.0.0.1:{FreePort.Take()}"), change: options => options.Attempts = 2);
        Assert.Equal(StatusCode.Unavailable, await channel.EchoAsync("Say", new EchoMessage()).CodeOfAsync());
    }

    [Fact]
    public async Task Say_ToOneThatTakesNoConnection_IsUnavailable()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        // Its queue is full: what comes next is left without an answer.
        Socket[] queued = [.. Enumerable.Range(0, 4).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp))];
        foreach (var socket in queued) _ = socket.ConnectAsync(listener.LocalEndPoint!).ContinueWith(static connected => connected.Exception, TaskScheduler.Default);
        using var channel = EchoHost.ChannelTo(new Uri($"http://{listener.LocalEndPoint}"), change: options =>
        {
            options.Attempts = 2;
            options.ConnectTimeout = TimeSpan.FromMilliseconds(200);
        });
        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.EchoAsync("Say", new EchoMessage()));
        Assert.Equal((StatusCode.Unavailable, true), (failure.StatusCode, failure.NeverSent()));
        foreach (var socket in queued) socket.Dispose();
    }

    [Fact]
    public async Task Port_OfGrpc_ServesNothingElse()
    {
        await using var host = await EchoHost.StartAsync(map: app => app.MapGet("/rest", () => "not for this port"));
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        http.DefaultRequestHeaders.Authorization = new("Bearer", EchoHost.Token);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(host.Address, "/rest"))).StatusCode);
    }
}
