using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LiveStream.Contracts;
using LiveStream.Signalling.Tests.Fakes;
using LiveStream.Testing;

namespace LiveStream.Signalling.Tests.Endpoints;

public sealed class OpenSessionTests
{
    [Fact]
    public async Task Post_WhipOfferByPublisher_IsAnsweredByRfc9725()
    {
        await using var host = await SignallingHost.StartAsync(o =>
        {
            o.IceServers.Add(new IceServerOptions { Url = "stun:stun.example.net" });
            o.IceServers.Add(new IceServerOptions { Url = "turn:turn.example.net?transport=udp", Username = "u\"x", Credential = "p" });
        });

        using var reply = await host.PostAsync("/whip/r1", "host:ann");

        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        Assert.Equal("application/sdp", reply.Content.Headers.ContentType!.ToString());
        Assert.Equal(FakeSfu.Answer("srv0"), await reply.Content.ReadAsStringAsync());
        Assert.Matches("^/whip/r1/[0-9a-f]{32}$", reply.Headers.Location!.OriginalString);
        Assert.False(reply.Headers.ETag!.IsWeak);
        Assert.Equal("application/trickle-ice-sdpfrag", Assert.Single(reply.Headers.GetValues("Accept-Patch")));
        Assert.Equal("*", Assert.Single(reply.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("Location", Assert.Single(reply.Headers.GetValues("Access-Control-Expose-Headers")), StringComparison.Ordinal);
        Assert.Equal(
            ["<stun:stun.example.net>; rel=\"ice-server\"",
             "<turn:turn.example.net?transport=udp>; rel=\"ice-server\"; username=\"u\\\"x\"; credential=\"p\"; credential-type=\"password\""],
            reply.Headers.GetValues("Link"));
    }

    [Fact]
    public async Task Post_WhipByRoleShownByHls_AsksTheSfuForH264First()
    {
        await using var host = await SignallingHost.StartAsync();

        await host.OpenAsync("/whip/r1", "host:ann");

        var request = Assert.Single(host.Sfu.Opened);
        Assert.Equal(["H264", "VP8", "VP9", "AV1"], request.Publish.VideoCodecs);
        Assert.True(request.Publish.Audio && request.Publish.Video && !request.Publish.Screen);
        Assert.Equal(2500u, request.Publish.MaxVideoKbps);
        Assert.Null(request.Subscribe);
        Assert.Equal(("r1", "host", SignallingHost.Offer), (request.RoomId, request.Role, request.OfferSdp));
    }

    [Fact]
    public async Task Post_WhipByRoleNotShownByHls_LeavesTheBrowsersCodecOrder()
    {
        await using var host = await SignallingHost.StartAsync();

        await host.OpenAsync("/whip/r1", "stage:ann");

        Assert.Empty(Assert.Single(host.Sfu.Opened).Publish.VideoCodecs);
    }

    [Fact]
    public async Task Post_WhepByViewer_SubscribesToTheRolesOfTheGrant()
    {
        await using var host = await SignallingHost.StartAsync();

        var (path, _) = await host.OpenAsync("/whep/r1", "viewer:bob");

        var request = Assert.Single(host.Sfu.Opened);
        Assert.StartsWith("/whep/r1/", path, StringComparison.Ordinal);
        Assert.Equal(["host", "stage"], request.Subscribe.FromRoles);
        Assert.Null(request.Publish);
    }

    [Theory]
    [InlineData("/whip/r1", null, 401)]
    [InlineData("/whip/r1", "nonsense", 401)]
    [InlineData("/whip/r1", "viewer:bob", 403)]
    [InlineData("/whep/r1", "stage:ann", 403)]
    [InlineData("/whep/r1", "hls:cid", 403)]
    [InlineData("/whip/r1", "host:ann:r2", 403)]
    [InlineData("/whip/nowhere", "host:ann", 404)]
    public async Task Post_BearerNotGoodEnough_IsRefusedWithJson(string path, string? token, int status)
    {
        await using var host = await SignallingHost.StartAsync();

        using var reply = await host.PostAsync(path, token);

        Assert.Equal(status, (int)reply.StatusCode);
        var error = await reply.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(status, error.GetProperty("code").GetInt32());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        Assert.Equal(0, error.GetProperty("details").GetArrayLength());
        Assert.Equal(status == 401, reply.Headers.WwwAuthenticate.Any(h => h.Scheme == "Bearer"));
        Assert.Equal("*", Assert.Single(reply.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Empty(host.Sfu.Opened);
    }

    [Theory]
    [InlineData("Basic aG9zdDphbm4=")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("bearer\thost:ann")]
    public async Task Post_AuthorizationOfAnotherForm_IsUnauthorized(string header)
    {
        await using var host = await SignallingHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/whip/r1");
        request.Headers.TryAddWithoutValidation("Authorization", header);

        using var reply = await host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData(null)]
    [InlineData("application/sdpx")]
    public async Task Post_AnotherContentType_IsUnsupported(string? type)
    {
        await using var host = await SignallingHost.StartAsync();

        using var reply = await host.PostAsync("/whip/r1", "host:ann", type: type);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, reply.StatusCode);
    }

    [Fact]
    public async Task Post_ContentTypeWithParameterAndCapitals_IsAccepted()
    {
        await using var host = await SignallingHost.StartAsync();

        using var reply = await host.PostAsync("/whip/r1", "host:ann", type: "Application/SDP; charset=utf-8");

        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
    }

    [Theory]
    [InlineData(65536, 201)]
    [InlineData(65537, 413)]
    [InlineData(1_000_000, 413)]
    public async Task Post_BodyAroundTheLimit_IsRefusedAboveIt(int length, int status)
    {
        await using var host = await SignallingHost.StartAsync();

        using var reply = await host.PostAsync("/whip/r1", "host:ann", SignallingHost.Offer.PadRight(length, 'x'));

        Assert.Equal(status, (int)reply.StatusCode);
    }

    [Fact]
    public async Task Post_ChunkedBodyAboveTheLimit_IsRefused()
    {
        await using var host = await SignallingHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/whip/r1");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer host:ann");
        request.Headers.TransferEncodingChunked = true;
        request.Content = new StreamContent(new MemoryStream(new byte[70_000]));
        request.Content.Headers.ContentType = new("application/sdp");

        using var reply = await host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("v=0\r\ns=-\r\n")]
    [InlineData("v=0\r\na=ice-ufrag:abc\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n")]
    [InlineData("v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:short\r\n")]
    public async Task Post_OfferWithoutUsableIceCredentials_IsBad(string offer)
    {
        await using var host = await SignallingHost.StartAsync();

        using var reply = await host.PostAsync("/whip/r1", "host:ann", offer);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Empty(host.Sfu.Opened);
    }

    [Fact]
    public async Task Post_RandomBytes_AreAnsweredWithoutAServerError()
    {
        await using var host = await SignallingHost.StartAsync();
        var random = new Random(9725);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(0, 400)];
            random.NextBytes(bytes);
            if (bytes.Length > 3 && i % 2 == 0) Encoding.ASCII.GetBytes("v=0\n").AsSpan(0, 4).CopyTo(bytes);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/whep/r1") { Content = new ByteArrayContent(bytes) };
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer viewer:bob");
            request.Content.Headers.ContentType = new("application/sdp");

            using var reply = await host.Client.SendAsync(request);

            Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        }
    }

    [Theory]
    [InlineData(ControlError.InvalidArgument, 400)]
    [InlineData(ControlError.NotFound, 404)]
    [InlineData(ControlError.AlreadyExists, 409)]
    [InlineData(ControlError.FailedPrecondition, 409)]
    [InlineData(ControlError.ResourceExhausted, 503)]
    [InlineData(ControlError.Unavailable, 503)]
    [InlineData(ControlError.Internal, 500)]
    public async Task Post_SfuRefuses_IsMappedAndLeavesNoSession(ControlError error, int status)
    {
        await using var host = await SignallingHost.StartAsync();
        host.Sfu.Failure = new ControlException(error, "detail of the server");

        using var reply = await host.PostAsync("/whip/r1", "host:ann");

        Assert.Equal(status, (int)reply.StatusCode);
        Assert.Equal(status == 503, reply.Headers.RetryAfter is not null);
        Assert.Equal(status == 500, !(await reply.Content.ReadAsStringAsync()).Contains("detail of the server", StringComparison.Ordinal));
        Assert.Equal(0, host.Sessions.Count);
    }

    [Fact]
    public async Task Post_RoomAtItsLimit_IsToldToComeBack()
    {
        await using var host = await SignallingHost.StartAsync(o => o.MaxSessionsPerRoom = 1);
        var (path, _) = await host.OpenAsync();

        using var refused = await host.PostAsync("/whep/r1", "viewer:bob");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter!.Delta);

        await host.OpenAsync("/whep/r2", "viewer:bob");
        using var ended = await host.SendAsync(HttpMethod.Delete, path, "host:ann");
        await host.OpenAsync("/whep/r1", "viewer:bob");
    }

    [Fact]
    public async Task Post_ServerAtItsLimit_IsUnavailable()
    {
        await using var host = await SignallingHost.StartAsync(o => o.MaxSessions = 1);
        await host.OpenAsync();

        using var refused = await host.PostAsync("/whep/r2", "viewer:bob");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task Post_PublisherComesBackWhileItsOldSessionLingers_OpensASecondOne()
    {
        await using var host = await SignallingHost.StartAsync();

        var first = await host.OpenAsync();
        var second = await host.OpenAsync();

        Assert.NotEqual(first.Path, second.Path);
        Assert.Equal(2, host.Sessions.Count);
    }

    [Theory]
    [InlineData("/whip/r1", "Accept-Post", "application/sdp", "POST")]
    [InlineData("/whep/r1", "Accept-Post", "application/sdp", "POST")]
    [InlineData("/whip/r1/0123", "Accept-Patch", "application/trickle-ice-sdpfrag", "PATCH")]
    public async Task Options_Preflight_IsOpenWithoutAToken(string path, string header, string value, string method)
    {
        await using var host = await SignallingHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", "https://studio.example");
        request.Headers.Add("Access-Control-Request-Method", method);

        using var reply = await host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(value, Assert.Single(reply.Headers.GetValues(header)));
        Assert.Equal("*", Assert.Single(reply.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains(method, Assert.Single(reply.Headers.GetValues("Access-Control-Allow-Methods")), StringComparison.Ordinal);
        Assert.Equal(
            "Authorization, Content-Type, If-Match", Assert.Single(reply.Headers.GetValues("Access-Control-Allow-Headers")));
    }

    [Theory]
    [InlineData("GET", "/whip/r1", 204)]
    [InlineData("HEAD", "/whep/r1", 204)]
    [InlineData("GET", "/whip/r1/0123", 204)]
    [InlineData("PUT", "/whip/r1", 405)]
    [InlineData("PATCH", "/whip/r1", 405)]
    [InlineData("DELETE", "/whep/r1", 405)]
    [InlineData("PUT", "/whip/r1/0123", 405)]
    [InlineData("POST", "/whep/r1/0123", 405)]
    public async Task OtherMethods_AreAnsweredByRfc9725(string method, string path, int status)
    {
        await using var host = await SignallingHost.StartAsync();

        using var reply = await host.SendAsync(new HttpMethod(method), path);

        Assert.Equal(status, (int)reply.StatusCode);
        Assert.Equal(status == 405, reply.Content.Headers.Allow.Count > 0);
    }

    [Fact]
    public async Task RoomIsClosedWhileTheOfferComes_IsRefused()
    {
        var clock = new TestClock();
        await using var host = await SignallingHost.StartAsync(time: clock);
        using var body = new SlowContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/whip/r1") { Content = body };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer host:ann");
        var sending = host.Client.SendAsync(request);
        await host.Rooms.Asked.WaitAsync(TimeSpan.FromSeconds(60));
        host.Rooms.Failure = new ControlException(ControlError.PermissionDenied, "room is not active");
        clock.Advance(TimeSpan.FromSeconds(2));
        body.GoOn.SetResult();

        using var reply = await sending;
        Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
        Assert.Empty(host.Sfu.Opened);
    }

    /// <summary>An offer whose second half waits.</summary>
    private sealed class SlowContent : HttpContent
    {
        public SlowContent() => Headers.ContentType = new("application/sdp");

        public TaskCompletionSource GoOn { get; } = new();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var offer = Encoding.UTF8.GetBytes(SignallingHost.Offer);
            await stream.WriteAsync(offer.AsMemory(0, 100));
            await stream.FlushAsync();
            await GoOn.Task;
            await stream.WriteAsync(offer.AsMemory(100));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = SignallingHost.Offer.Length;
            return true;
        }
    }
}
