using LiveStream.Objects;
using LiveStream.Rooms.Recordings;

namespace LiveStream.Rooms.Tests.Domain;

public sealed class ObjectLinkTests
{
    private static readonly byte[] s_secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("a")]
    [InlineData("c/hls/65f0/20260101/1767261600000/vod/master.m3u8")]
    [InlineData("-_/a..b/x.")]
    public void Key_RelativePathOfPlainCharacters_IsValid(string key) => Assert.True(ObjectKey.IsValid(key));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("a/.hidden")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a%2fb")]
    [InlineData("a\0b")]
    [InlineData("ä")]
    public void Key_AnythingElse_IsNot(string? key) => Assert.False(ObjectKey.IsValid(key));

    [Fact]
    public void Key_TooLong_IsNot()
    {
        Assert.True(ObjectKey.IsValid(new string('a', ObjectKey.MaxLength)));
        Assert.False(ObjectKey.IsValid(new string('a', ObjectKey.MaxLength + 1)));
    }

    [Theory]
    [InlineData(1, "a")]
    [InlineData(2, "a/b")]
    [InlineData(3, "a/b/c")]
    [InlineData(4, null)]
    [InlineData(0, null)]
    public void Scope_IsTheFirstSegments(int depth, string? scope) => Assert.Equal(scope, ObjectKey.ScopeOf("a/b/c", depth));

    [Fact]
    public void Link_UntilItsSecond_OpensItsScopeOnly()
    {
        var link = SignedUrls.Sign(s_secret, "a/b/c.m3u8", 2, s_now.AddSeconds(10));
        var ticket = link[..link.IndexOf('/', StringComparison.Ordinal)];
        Assert.EndsWith("/a/b/c.m3u8", link, StringComparison.Ordinal);

        Assert.Equal(LinkError.None, SignedUrls.Check(s_secret, ticket, "a/b/c.m3u8", s_now.AddSeconds(9)));
        Assert.Equal(LinkError.None, SignedUrls.Check(s_secret, ticket, "a/b/d/e.m4s", s_now));
        Assert.Equal(LinkError.Expired, SignedUrls.Check(s_secret, ticket, "a/b/c.m3u8", s_now.AddSeconds(10)));
        Assert.Equal(LinkError.Invalid, SignedUrls.Check(s_secret, ticket, "a/bb/c.m3u8", s_now));
        Assert.Equal(LinkError.Invalid, SignedUrls.Check(s_secret, ticket, "a/c.m3u8", s_now));
        Assert.Equal(LinkError.Invalid, SignedUrls.Check(s_secret, ticket, "a/b/../c", s_now));
        Assert.Equal(LinkError.Invalid, SignedUrls.Check(new byte[32], ticket, "a/b/c.m3u8", s_now));
        Assert.Equal(LinkError.Invalid, SignedUrls.Check(s_secret, ticket.Replace(".2.", ".1.", StringComparison.Ordinal), "a/b/c.m3u8", s_now));
    }
}
