using System.Text.Json.Serialization;

using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Tokens;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Endpoints;

/// <summary>Body of <c>POST /v2/token</c>.</summary>
internal sealed record TokenRequest(
    [property: JsonPropertyName("code")] string? Code,
    [property: JsonPropertyName("user_id")] string? UserId);

/// <summary>Reply of <c>POST /v2/token</c>.</summary>
/// <param name="Token">Auth token (JWT).</param>
/// <param name="ExpiresAt">End of the token's life.</param>
/// <param name="HlsUrl">Where the room's current HLS stream is played, whatever the run.</param>
internal sealed record TokenReply(
    [property: JsonPropertyName("token")] string Token,
    [property: JsonPropertyName("expires_at")] string ExpiresAt,
    [property: JsonPropertyName("hls_url")] string HlsUrl);

/// <summary>Room code in, auth token out. Browsers of any origin call it, without credentials.</summary>
internal static class TokenEndpoints
{
    public const string Path = "/v2/token";

    private const int MaxBodyBytes = 4096;
    private const int MaxUserIdLength = 256;

    public static void MapToken(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, ExchangeCode);
        routes.MapMethods(Path, ["OPTIONS"], () => TypedResults.NoContent());
    }

    /// <summary>Error replies carry the headers too: without them a browser hides the body from the page.</summary>
    public static void UseTokenCors(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Request.Path.Equals(Path, StringComparison.OrdinalIgnoreCase))
        {
            context.Response.OnStarting(
                static state =>
                {
                    var headers = ((HttpContext)state).Response.Headers;
                    headers.AccessControlAllowOrigin = "*";
                    headers.AccessControlAllowMethods = "POST, OPTIONS";
                    headers.AccessControlAllowHeaders = "*, Authorization, Content-Type";
                    headers.AccessControlMaxAge = "86400";
                    headers.CacheControl = "no-store";
                    return Task.CompletedTask;
                },
                context);
        }

        return next(context);
    });

    private static async Task<Results<Ok<TokenReply>, JsonHttpResult<ApiError>>> ExchangeCode(
        HttpRequest request, RoomsStore store, TokenWriter tokens, IOptions<RoomsOptions> options, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(request, RestJson.Default.TokenRequest, MaxBodyBytes, cancellationToken);
        if (body is null or { Code: null or "" }) throw ApiException.InvalidBody("code is required");
        if (body.UserId?.Length > MaxUserIdLength) throw ApiException.InvalidBody("user_id is too long");
        if (body.UserId?.Any(char.IsControl) == true) throw ApiException.InvalidBody("user_id has a control character");

        var target = await store.FindCodeAsync(body.Code, cancellationToken);
        if (target is null) return ApiResults.Error(404, "room code not found");
        if (!target.Code.Enabled) return ApiResults.Error(403, "room code disabled");
        if (!target.Room.Enabled) return ApiResults.Error(403, "room disabled");

        var (token, expires) = tokens.CreateAuthToken(target.Key, target.Room.Id, target.Code.Role, body.UserId);
        return TypedResults.Ok(new TokenReply(token, RestTime.Format(expires), PlaybackUrls.Static(options.Value.PublicUrl, target.Room)));
    }
}
