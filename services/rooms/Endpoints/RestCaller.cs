using LiveStream.Contracts;
using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Tokens;

using Microsoft.AspNetCore.Http;

namespace LiveStream.Rooms.Endpoints;

/// <summary>Who calls REST: a server with a management token, or (where allowed) a client with its auth token.</summary>
/// <param name="Workspace">Whose rooms are seen.</param>
/// <param name="Client">Claims of an auth token; null for a server, who may do everything.</param>
internal sealed record RestCaller(Workspace Workspace, TokenClaims? Client)
{
    /// <summary>The caller of a request that <see cref="RequireToken"/> let through.</summary>
    public static RestCaller Of(HttpContext http) =>
        http.Features.Get<RestCaller>() ?? throw new InvalidOperationException("The endpoint asks for no token.");

    /// <summary>Refuses a client that is not of that room or whose role may not stream (PermissionDenied).</summary>
    public void RequireHlsStreaming(RoomWithTemplate room)
    {
        if (Client is null) return;
        var allowed = Client.RoomId == room.Room.Id && Client.Role is { } role && room.Template.FindRole(role)?.Permissions.HlsStreaming == true;
        if (!allowed) throw new ControlException(ControlError.PermissionDenied, "role not allowed");
    }
}

/// <summary>Lets only requests with a valid bearer token through, and leaves their <see cref="RestCaller"/> in the request.</summary>
internal sealed class RequireToken(params string[] types) : IEndpointFilter
{
    private const string Scheme = "Bearer ";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var reader = (TokenReader)http.RequestServices.GetService(typeof(TokenReader))!;
        var check = await reader.CheckAsync(BearerOf(http.Request), types, http.RequestAborted);
        if (check.Error != TokenError.None)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return ApiResults.Error(StatusCodes.Status401Unauthorized, "Token validation error", DetailOf(check.Error));
        }

        http.Features.Set(new RestCaller(check.Workspace!, check.Claims!.Type == TokenType.App ? check.Claims : null));
        return await next(context);
    }

    private static string? BearerOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    /// <summary>What is wrong with a token, for the details of the refusal.</summary>
    public static string DetailOf(TokenError error) => error switch
    {
        TokenError.Missing => "missing",
        TokenError.Malformed => "malformed",
        TokenError.UnknownKey => "not found",
        TokenError.BadSignature => "invalid signature",
        TokenError.WrongType => "invalid type or version",
        TokenError.NotYetValid => "not valid yet",
        _ => "expired",
    };
}
