using LiveStream.Contracts;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Signalling.Endpoints;

/// <summary>
/// WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): the endpoint that opens sessions. The two differ in the direction of
/// the media and in the right that they ask for, and in nothing else.
/// </summary>
internal static class MediaEndpoints
{
    /// <summary>First path segment of WHIP.</summary>
    public const string WhipPrefix = "/whip";

    /// <summary>First path segment of WHEP.</summary>
    public const string WhepPrefix = "/whep";

    private const string SdpType = "application/sdp";
    private const string Methods = "OPTIONS, GET, HEAD, POST";

    private static readonly TimeSpan LongBody = TimeSpan.FromSeconds(1);

    /// <summary>Maps both protocols.</summary>
    public static void MapMediaEndpoints(this IEndpointRouteBuilder routes)
    {
        Map(routes, WhipPrefix, SessionKind.Whip);
        Map(routes, WhepPrefix, SessionKind.Whep);
    }

    /// <summary>The path of a session.</summary>
    public static string SessionPath(SessionKind kind, string roomId, string sessionId) =>
        $"{(kind == SessionKind.Whip ? WhipPrefix : WhepPrefix)}/{Uri.EscapeDataString(roomId)}/{sessionId}";

    private static void Map(IEndpointRouteBuilder routes, string prefix, SessionKind kind)
    {
        var group = routes.MapGroup(prefix).AddEndpointFilter(Cors.AddHeaders).AddEndpointFilter(AnswerFailures);
        group.MapPost("/{roomId}", (string roomId, HttpContext context, EndpointServices services) =>
            OpenSession(kind, roomId, context, services)).WithSummary($"Opens a {kind} session with an SDP offer");
        group.MapMethods("/{roomId}", ["OPTIONS"], Preflight);
        group.MapMethods("/{roomId}", ["GET", "HEAD"], NoRepresentation);
        group.MapMethods("/{roomId}", ["PUT", "PATCH", "DELETE"], MethodNotAllowed);
        SessionEndpoints.Map(group, kind);
    }

    private static async Task<IResult> OpenSession(SessionKind kind, string roomId, HttpContext context, EndpointServices services)
    {
        var token = Bearer.TokenOf(context.Request);
        if (token.Length == 0) return Refusal.Unauthorized("a bearer token is required", tokenGiven: false);

        var authorize = new AuthorizeRequest { Token = token, RoomId = roomId };
        var grant = await services.Rooms.AuthorizeAsync(authorize, context.RequestAborted);
        if (RefusalOf(kind, grant) is { } refused) return refused;

        var options = services.Options.Value;
        var began = services.Time.GetTimestamp();
        var (offer, refusal) = await RequestBody.ReadAsync(context.Request, SdpType, options.MaxBodyBytes);
        if (refusal is not null) return refusal;
        if (services.Time.GetElapsedTime(began) > LongBody)
        {
            // While it came, the room may have been locked, or the token's time may be over.
            grant = await services.Rooms.AuthorizeAsync(authorize, context.RequestAborted);
            if (RefusalOf(kind, grant) is { } late) return late;
        }

        if (!offer.StartsWith("v=0", StringComparison.Ordinal))
            return new Refusal(StatusCodes.Status400BadRequest, "the body is no session description");

        if (await services.PassOnAsync(context, grant.RoomId, place: true, () => Task.FromResult((offer, (Refusal?)null))) is { } elsewhere) return elsewhere;
        var (admission, session, answer) = await services.Sessions.OpenAsync(kind, grant, token, offer, context.RequestAborted);
        if (session is null) return Overloaded(admission, options.RetryAfter);

        var headers = context.Response.Headers;
        headers.Location = context.Request.PathBase + SessionPath(kind, session.RoomId, session.Id);
        headers.ETag = session.EntityTag;
        headers["Accept-Patch"] = SessionEndpoints.FragmentType;
        headers.Link = IceServerLinks.Of(options.IceServers);
        return TypedResults.Text(answer, SdpType, contentEncoding: null, StatusCodes.Status201Created);
    }

    private static Refusal? RefusalOf(SessionKind kind, JoinGrant grant)
    {
        if (grant.Refusal.Length > 0) return new Refusal(StatusCodes.Status403Forbidden, grant.Refusal);
        var (allowed, act) = kind == SessionKind.Whip
            ? (grant.PublishAudio || grant.PublishVideo || grant.PublishScreen, "publish")
            : (grant.SubscribeToRoles.Count > 0, "subscribe");
        return allowed ? null : new Refusal(StatusCodes.Status403Forbidden, $"the role {grant.Role} may not {act}");
    }

    private static Refusal Overloaded(Admission admission, TimeSpan retryAfter) => admission switch
    {
        Admission.RoomFull => Refusal.Later(StatusCodes.Status429TooManyRequests, "the room has too many sessions", retryAfter),
        Admission.Closing => Refusal.Later(StatusCodes.Status503ServiceUnavailable, "the server is shutting down", retryAfter),
        _ => Refusal.Later(StatusCodes.Status503ServiceUnavailable, "the server has too many sessions", retryAfter),
    };

    private static Microsoft.AspNetCore.Http.HttpResults.Ok Preflight(HttpContext context)
    {
        Cors.Allow(context.Response, Methods);
        context.Response.Headers["Accept-Post"] = SdpType;
        return TypedResults.Ok();
    }

    // The resources have no representation; a GET succeeds without content (RFC 9725 §4.1).
    private static Microsoft.AspNetCore.Http.HttpResults.NoContent NoRepresentation() => TypedResults.NoContent();

    private static Refusal MethodNotAllowed() =>
        new(StatusCodes.Status405MethodNotAllowed, "method not allowed") { Header = ("Allow", Methods) };

    private static async ValueTask<object?> AnswerFailures(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var services = http.RequestServices.GetEndpointServices();
        object? result;
        try
        {
            result = await next(context);
        }
        catch (ControlException e)
        {
            if (e.Error == ControlError.Internal) services.Logger.RequestFailed(http.Request.Method, http.Request.Path, e.Message);
            result = Refusal.Of(e, services.Options.Value.RetryAfter);
        }
        if (result is Refusal refusal)
            services.Logger.RequestRefused(http.Request.Method, http.Request.Path, refusal.Status, refusal.Message);
        return result;
    }
}
