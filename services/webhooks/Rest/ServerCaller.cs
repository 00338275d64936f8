using LiveStream.Contracts;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Hosting.Errors;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.Webhooks.Rest;

/// <summary>Lets only requests with a management token through, and leaves their workspace in the request.</summary>
internal sealed class RequireServer : IEndpointFilter
{
    private const string Scheme = "Bearer ";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var header = http.Request.Headers.Authorization.ToString();
        var token = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
        try
        {
            http.Features.Set(await http.RequestServices.GetRequiredService<IWorkspaces>()
                .AuthorizeServerAsync(new AuthorizeServerRequest { Token = token }, http.RequestAborted));
        }
        catch (ControlException e) when (e.Error == ControlError.Unauthenticated)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return ApiResults.Error(StatusCodes.Status401Unauthorized, "Token validation error", e.Message);
        }

        return await next(context);
    }
}

/// <summary>What endpoints read of a request. Fails with <see cref="ApiException"/>.</summary>
internal static class Requests
{
    /// <summary>The caller's workspace.</summary>
    public static string CustomerOf(HttpContext http) =>
        http.Features.Get<ServerGrant>()?.CustomerId ?? throw new InvalidOperationException("The endpoint asks for no token.");

    /// <summary>A query parameter; null where it is left out or empty.</summary>
    public static string? Query(HttpContext http, string name)
    {
        var text = http.Request.Query[name].ToString();
        if (text.Length == 0) return null;
        return text.Length <= 512 && !text.Any(char.IsControl) ? text : throw InvalidQuery(name);
    }

    /// <summary>A whole number in that range.</summary>
    public static int Whole(HttpContext http, string name, int min, int max, int otherwise) => Query(http, name) is not { } text ? otherwise
        : int.TryParse(text, System.Globalization.NumberStyles.None, null, out var number) && number >= min && number <= max ? number : throw InvalidQuery(name);

    public static ApiException InvalidQuery(string name) => new(StatusCodes.Status400BadRequest, "Invalid query param", $"Invalid query param: {name}");

    /// <summary>RFC 3339.</summary>
    public static DateTimeOffset? Time(string? text, Func<ApiException> refuse)
    {
        if (string.IsNullOrEmpty(text)) return null;
        const System.Globalization.DateTimeStyles Styles = System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal;
        // A plus that was not encoded arrives as a space.
        return text.Length <= 64 && DateTimeOffset.TryParse(text.Replace(' ', '+'), System.Globalization.CultureInfo.InvariantCulture, Styles, out var time) ? time : throw refuse();
    }
}
