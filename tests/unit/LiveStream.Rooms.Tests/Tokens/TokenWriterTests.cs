using System.Text.Json;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Tokens;

using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Tests.Tokens;

public sealed class TokenWriterTests
{
    private readonly WorkspaceKey _key = WorkspaceKey.Create("65aa00000000000000000001", FixedTime.Noon);
    private readonly TokenWriter _writer = new(new FixedTime(FixedTime.Noon), Options.Create(new RoomsOptions()));

    [Fact]
    public void CreateAuthToken_HasTheDocumentedClaims()
    {
        var (token, expires) = _writer.CreateAuthToken(_key, "65f0a1b2c3d4e5f60718293a", "broadcaster", "u-1");

        var payload = JsonDocument.Parse(AtobOf(token.Split('.')[1])).RootElement;
        Assert.Equal(_key.AccessKey, payload.GetProperty("access_key").GetString());
        Assert.Equal("app", payload.GetProperty("type").GetString());
        Assert.Equal(2, payload.GetProperty("version").GetInt32());
        Assert.Equal("65f0a1b2c3d4e5f60718293a", payload.GetProperty("room_id").GetString());
        Assert.Equal("broadcaster", payload.GetProperty("role").GetString());
        Assert.Equal("u-1", payload.GetProperty("user_id").GetString());
        Assert.True(Guid.TryParse(payload.GetProperty("jti").GetString(), out _));
        Assert.Equal(FixedTime.Noon.ToUnixTimeSeconds(), payload.GetProperty("iat").GetInt64());
        Assert.Equal(FixedTime.Noon.AddDays(1).ToUnixTimeSeconds(), payload.GetProperty("exp").GetInt64());
        Assert.Equal(FixedTime.Noon.AddDays(1), expires);
        Assert.Equal(Jwt.Sign(_key.Secret, AtobOf(token.Split('.')[1])), token);
    }

    [Fact]
    public void CreateAuthToken_AnyUserId_NeedsNoBase64UrlInThePayload()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var user = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => (char)random.Next(1, random.Next(2) == 0 ? 0x80 : 0xD800))]) + "~?>\u007f";
            var payload = _writer.CreateAuthToken(_key, "65f0a1b2c3d4e5f60718293a", "viewer-realtime", user).Token.Split('.')[1];

            Assert.DoesNotContain('-', payload);
            Assert.DoesNotContain('_', payload);
            Assert.Equal(user, JsonDocument.Parse(AtobOf(payload)).RootElement.GetProperty("user_id").GetString());
        }
    }

    /// <summary>What a browser's atob() makes of it: Base64 with the padding left out, one character a byte.</summary>
    private static string AtobOf(string text) =>
        string.Concat(Convert.FromBase64String(text + new string('=', (4 - text.Length % 4) % 4)).Select(b => (char)b));
}
