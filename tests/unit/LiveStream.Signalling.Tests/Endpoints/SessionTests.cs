using System.Net;
using LiveStream.Contracts;
using LiveStream.Signalling.Tests.Fakes;

namespace LiveStream.Signalling.Tests.Endpoints;

public sealed class SessionTests
{
    private const string Trickle =
        "a=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"
        + "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1\r\na=end-of-candidates\r\n";

    private const string Restart =
        "a=ice-options:trickle ice2\r\na=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:ysXw\r\n"
        + "a=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\na=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host\r\n";

    [Fact]
    public async Task Patch_CandidatesOfTheCurrentIceSession_ReturnNoContentAndNoEntityTag()
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, tag) = await host.OpenAsync();

        using var reply = await host.PatchAsync(path, "host:ann", Trickle, tag);

        Assert.Equal(HttpStatusCode.NoContent, reply.StatusCode);
        Assert.Null(reply.Headers.ETag);
        Assert.Empty(host.Sfu.Updated);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("\"*\"")]
    [InlineData("current")]
    public async Task Patch_NewCredentials_RestartsIce(string ifMatch)
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, tag) = await host.OpenAsync();

        using var reply = await host.PatchAsync(path, "host:ann", Restart, ifMatch == "current" ? tag : ifMatch);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal("application/trickle-ice-sdpfrag", reply.Content.Headers.ContentType!.ToString());
        Assert.NotEqual(tag, reply.Headers.ETag!.Tag);
        Assert.Equal(
            "a=ice-lite\r\na=group:BUNDLE 0 1\r\nm=audio 7882 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:srv1\r\n"
            + "a=ice-pwd:serverpasswordserverpass\r\na=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host\r\na=end-of-candidates\r\n",
            await reply.Content.ReadAsStringAsync());

        var update = Assert.Single(host.Sfu.Updated);
        Assert.Equal(Assert.Single(host.Sfu.Opened).TransportId, update.TransportId);
        Assert.Equal(2, update.OfferSdp.Split("a=ice-ufrag:ysXw\r\n").Length - 1);
        Assert.Equal(2, update.OfferSdp.Split("a=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n").Length - 1);
        Assert.DoesNotContain("EsAw", update.OfferSdp, StringComparison.Ordinal);
        Assert.Contains("o=- 42 3 IN IP4 127.0.0.1\r\n", update.OfferSdp, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patch_CandidatesOfTheIceSessionBefore_FailThePrecondition()
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, oldTag) = await host.OpenAsync();
        using var restarted = await host.PatchAsync(path, "host:ann", Restart, "*");

        using var late = await host.PatchAsync(path, "host:ann", Trickle, oldTag);
        using var timely = await host.PatchAsync(
            path, "host:ann", Restart.Replace("a=ice-options:trickle ice2\r\n", "", StringComparison.Ordinal), restarted.Headers.ETag!.Tag);

        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, timely.StatusCode);
        Assert.Single(host.Sfu.Updated);
    }

    [Theory]
    [InlineData(null, 428)]
    [InlineData("", 428)]
    [InlineData("\"other\"", 412)]
    [InlineData("W/\"other\"", 412)]
    public async Task Patch_WithoutTheRightPrecondition_IsRefused(string? ifMatch, int status)
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, _) = await host.OpenAsync();

        foreach (var body in new[] { Trickle, Restart })
        {
            using var reply = await host.PatchAsync(path, "host:ann", body, ifMatch);
            Assert.Equal(status, (int)reply.StatusCode);
        }
        Assert.Empty(host.Sfu.Updated);
    }

    [Fact]
    public async Task Patch_WeakFormOfTheCurrentTag_DoesNotMatch()
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, tag) = await host.OpenAsync();

        using var reply = await host.PatchAsync(path, "host:ann", Trickle, $"W/{tag}");

        Assert.Equal(HttpStatusCode.PreconditionFailed, reply.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("v=0\r\n")]
    [InlineData("nonsense")]
    [InlineData("a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\n")]
    [InlineData("m=audio 9 RTP/AVP 0\r\na=candidate:1 1 udp 99999999999 192.0.2.1 61764 typ host\r\n")]
    [InlineData("m=audio 9 RTP/AVP 0\r\na=ice-ufrag:abcd\r\n")]
    public async Task Patch_MalformedFragment_IsBad(string body)
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, tag) = await host.OpenAsync();

        using var reply = await host.PatchAsync(path, "host:ann", body, tag);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
    }

    [Fact]
    public async Task Patch_AnotherContentType_NamesTheRightOne()
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, tag) = await host.OpenAsync();

        using var reply = await host.SendAsync(HttpMethod.Patch, path, "host:ann", Trickle, "application/sdp", tag);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, reply.StatusCode);
        Assert.Equal("application/trickle-ice-sdpfrag", Assert.Single(reply.Headers.GetValues("Accept-Patch")));
    }

    [Fact]
    public async Task Patch_RestartThatTheSfuRefuses_KeepsTheIceSession()
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, tag) = await host.OpenAsync();

        host.Sfu.Failure = new ControlException(ControlError.Unavailable, "busy");
        using var refused = await host.PatchAsync(path, "host:ann", Restart, "*");
        host.Sfu.Failure = null;
        using var trickled = await host.PatchAsync(path, "host:ann", Trickle, tag);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, trickled.StatusCode);
    }

    [Fact]
    public async Task Patch_RestartOfATransportTheSfuLost_EndsTheSession()
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, _) = await host.OpenAsync();

        host.Sfu.Failure = new ControlException(ControlError.NotFound, "no such transport");
        using var reply = await host.PatchAsync(path, "host:ann", Restart, "*");

        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Equal(0, host.Sessions.Count);
    }

    [Fact]
    public async Task Patch_ManyRestartsAtOnce_RunOneAfterAnother()
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, _) = await host.OpenAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            host.PatchAsync(path, "host:ann", Restart.Replace("ysXw", $"ufr{i}", StringComparison.Ordinal), "*")));

        Assert.All(replies, r => Assert.Equal(HttpStatusCode.OK, r.StatusCode));
        Assert.Equal(8, replies.Select(r => r.Headers.ETag!.Tag).Distinct().Count());
        Assert.Equal(8, host.Sfu.Updated.Select(u => u.OfferSdp.Split('\n')[1]).Distinct().Count());
    }

    [Fact]
    public async Task Delete_Twice_EndsOnce()
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, _) = await host.OpenAsync();

        using var first = await host.SendAsync(HttpMethod.Delete, path, "host:ann", ifMatch: "\"ignored\"");
        using var second = await host.SendAsync(HttpMethod.Delete, path, "host:ann");

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, second.StatusCode);
        Assert.Equal(Assert.Single(host.Sfu.Opened).TransportId, Assert.Single(host.Sfu.Closed).TransportId);
        await host.Sfu.Unwatched("r1");
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("nonsense", 401)]
    [InlineData("host:bob", 403)]
    [InlineData("stage:ann", 403)]
    [InlineData("host:ann:r2", 403)]
    [InlineData("host:ann:r1", 200)]
    public async Task Delete_WithAnotherToken_NeedsToBeTheSamePerson(string? token, int status)
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, _) = await host.OpenAsync();

        using var reply = await host.SendAsync(HttpMethod.Delete, path, token);

        Assert.Equal(status, (int)reply.StatusCode);
        Assert.Equal(status == 200 ? 0 : 1, host.Sessions.Count);
    }

    [Fact]
    public async Task Delete_WithTheTokenThatOpenedAndExpiredSince_EndsTheSession()
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, _) = await host.OpenAsync();
        host.Rooms.Expired.Add("host:ann");

        using var reply = await host.SendAsync(HttpMethod.Delete, path, "host:ann");

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    [Theory]
    [InlineData("/whep/r1/")]
    [InlineData("/whip/r2/")]
    [InlineData("/whip/r1/x")]
    public async Task Delete_UnderAnotherPath_IsUnknown(string prefix)
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, _) = await host.OpenAsync();

        using var reply = await host.SendAsync(HttpMethod.Delete, prefix + path.Split('/')[^1], "host:ann");

        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Equal(1, host.Sessions.Count);
    }

    [Fact]
    public async Task Delete_SfuUnavailable_StillEndsTheSession()
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, _) = await host.OpenAsync();

        host.Sfu.Failure = new ControlException(ControlError.Unavailable, "away");
        using var reply = await host.SendAsync(HttpMethod.Delete, path, "host:ann");

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(0, host.Sessions.Count);
    }
}
