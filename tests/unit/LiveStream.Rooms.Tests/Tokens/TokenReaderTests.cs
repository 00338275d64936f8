using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Tokens;

using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Tests.Tokens;

public sealed class TokenReaderTests
{
    private static readonly string[] s_management = [TokenType.Management];

    private readonly Workspace _workspace = Workspace.Create("w", FixedTime.Noon);
    private readonly WorkspaceKey _key;
    private readonly FixedTime _time = new(FixedTime.Noon);
    private readonly TokenReader _reader;

    public TokenReaderTests()
    {
        _key = WorkspaceKey.Create(_workspace.CustomerId, FixedTime.Noon);
        _reader = new TokenReader(new Keys(_workspace, _key), new CheckedTokens(_time), _time, Options.Create(new RoomsOptions()));
    }

    [Fact]
    public async Task Check_RightToken_GivesWorkspaceAndClaims()
    {
        var check = await CheckAsync(Jwt.Sign(_key.Secret, Jwt.Management(_key.AccessKey, FixedTime.Noon)));

        Assert.Equal(TokenError.None, check.Error);
        Assert.Same(_workspace, check.Workspace);
        Assert.Equal("management", check.Claims!.Type);
    }

    [Fact]
    public async Task Check_SecretOfAnotherKey_IsBadSignature() =>
        await RefusedAsync(TokenError.BadSignature, Jwt.Sign(_key.Secret + "x", Jwt.Management(_key.AccessKey, FixedTime.Noon)));

    [Fact]
    public async Task Check_AlgorithmNone_IsBadSignature()
    {
        var payload = Jwt.Management(_key.AccessKey, FixedTime.Noon);
        await RefusedAsync(TokenError.BadSignature, Jwt.Unsigned(payload));
        // The right signature does not help a header that asks for none.
        await RefusedAsync(TokenError.BadSignature, Jwt.Sign(_key.Secret, payload, """{"alg":"none"}"""));
        await RefusedAsync(TokenError.BadSignature, Jwt.Sign(_key.Secret, payload, """{"alg":"None","typ":"JWT"}"""));
    }

    [Fact]
    public async Task Check_OtherAlgorithms_AreBadSignature()
    {
        var payload = Jwt.Management(_key.AccessKey, FixedTime.Noon);
        await RefusedAsync(TokenError.BadSignature, Jwt.Sign512(_key.Secret, payload));
        await RefusedAsync(TokenError.BadSignature, Jwt.Sign(_key.Secret, payload, """{"alg":"RS256","typ":"JWT"}"""));
        await RefusedAsync(TokenError.BadSignature, Jwt.Sign(_key.Secret, payload, "{}"));
        await RefusedAsync(TokenError.BadSignature, Jwt.Sign(_key.Secret, payload, "not json"));
    }

    [Fact]
    public async Task Check_PayloadChangedAfterSigning_IsBadSignature()
    {
        var parts = Jwt.Sign(_key.Secret, Jwt.Management(_key.AccessKey, FixedTime.Noon)).Split('.');
        var other = Jwt.Encode(Jwt.Management(_key.AccessKey, FixedTime.Noon.AddDays(9)));
        await RefusedAsync(TokenError.BadSignature, $"{parts[0]}.{other}.{parts[2]}");
    }

    [Theory]
    [InlineData(86400 + 59, TokenError.None)]
    [InlineData(86400 + 60, TokenError.Expired)]
    [InlineData(-60, TokenError.None)]
    [InlineData(-61, TokenError.NotYetValid)]
    internal async Task Check_AroundItsTime_AllowsAMinute(int secondsLater, TokenError expected)
    {
        var token = Jwt.Sign(_key.Secret, Jwt.Management(_key.AccessKey, FixedTime.Noon));
        _time.Now = FixedTime.Noon.AddSeconds(secondsLater);
        Assert.Equal(expected, (await CheckAsync(token)).Error);
    }

    [Theory]
    [InlineData("""{"access_key":"KEY","type":"management","version":1,"exp":9999999999}""")]
    [InlineData("""{"access_key":"KEY","type":"management","exp":9999999999}""")]
    [InlineData("""{"access_key":"KEY","type":"app","version":2,"exp":9999999999}""")]
    [InlineData("""{"access_key":"KEY","type":"Management","version":2,"exp":9999999999}""")]
    [InlineData("""{"access_key":"KEY","version":2,"exp":9999999999}""")]
    public async Task Check_WrongTypeOrVersion_IsRefused(string payload) =>
        await RefusedAsync(TokenError.WrongType, Jwt.Sign(_key.Secret, payload.Replace("KEY", _key.AccessKey, StringComparison.Ordinal)));

    [Fact]
    public async Task Check_WithoutExpiry_IsRefused() => await RefusedAsync(
        TokenError.Expired, Jwt.Sign(_key.Secret, $$"""{"access_key":"{{_key.AccessKey}}","type":"management","version":2}"""));

    [Theory]
    [InlineData("65aa00000000000000000009")]
    [InlineData("x")]
    [InlineData("' OR 1=1 --")]
    public async Task Check_UnknownAccessKey_IsUnknownKey(string accessKey) =>
        await RefusedAsync(TokenError.UnknownKey, Jwt.Sign(_key.Secret, Jwt.Management(accessKey, FixedTime.Noon)));

    [Fact]
    public async Task Check_NothingOrRubbish_IsRefusedAsSuch()
    {
        await RefusedAsync(TokenError.Missing, null);
        await RefusedAsync(TokenError.Missing, "");
        await RefusedAsync(TokenError.Malformed, "x");
        await RefusedAsync(TokenError.Malformed, "..");
        await RefusedAsync(TokenError.Malformed, "a.b.c.d");
        await RefusedAsync(TokenError.Malformed, $"{Jwt.Encode(Jwt.Header)}.!!!.x");
        await RefusedAsync(TokenError.Malformed, Jwt.Sign(_key.Secret, "[]"));
        await RefusedAsync(TokenError.Malformed, Jwt.Sign(_key.Secret, "null"));
        await RefusedAsync(TokenError.Malformed, Jwt.Sign(_key.Secret, """{"version":"2"}"""));
        await RefusedAsync(TokenError.Malformed, Jwt.Sign(_key.Secret, new string('[', 5000)));
        await RefusedAsync(TokenError.Malformed, new string('a', 1_000_000));
    }

    [Fact]
    public async Task Check_RandomChangesOfARightToken_NeverThrowAndNeverPass()
    {
        var token = Jwt.Sign(_key.Secret, Jwt.Management(_key.AccessKey, FixedTime.Noon));
        // The last character holds unused bits, so another one may stand for the same signature.
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var chars = token.ToCharArray();
            var at = random.Next(chars.Length - 1);
            var with = (char)random.Next(1, 256);
            if (chars[at] == with) continue;
            chars[at] = with;
            Assert.NotEqual(TokenError.None, (await CheckAsync(new string(chars))).Error);
        }
    }

    private Task<TokenCheck> CheckAsync(string? token) => _reader.CheckAsync(token, s_management, CancellationToken.None);

    private async Task RefusedAsync(TokenError error, string? token)
    {
        var check = await CheckAsync(token);
        Assert.Equal(error, check.Error);
        Assert.Null(check.Workspace);
        Assert.Null(check.Claims);
    }

    private sealed class Keys(Workspace workspace, WorkspaceKey key) : IWorkspaceKeys
    {
        public Task<WorkspaceWithKey?> FindByAccessKeyAsync(string accessKey, CancellationToken cancellationToken) =>
            Task.FromResult(accessKey == key.AccessKey ? new WorkspaceWithKey(workspace, key) : null);
    }
}
