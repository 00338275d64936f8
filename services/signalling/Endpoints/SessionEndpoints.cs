using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Sdp;
using LiveStream.Signalling.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Signalling.Endpoints;

/// <summary>The resource behind a session URL: trickle ICE, ICE restart and the end (RFC 9725 §4.2 and §4.3).</summary>
internal static class SessionEndpoints
{
    /// <summary>The media type of SDP fragments (RFC 8840 §9).</summary>
    public const string FragmentType = "application/trickle-ice-sdpfrag";

    private const string Route = "/{roomId}/{sessionId}";
    private const string Methods = "OPTIONS, GET, HEAD, PATCH, DELETE";

    /// <summary>Maps the session URLs of one protocol into its group.</summary>
    public static void Map(IEndpointRouteBuilder group, SessionKind kind)
    {
        group.MapPatch(Route, (string roomId, string sessionId, HttpContext context, EndpointServices services) =>
            PatchIce(kind, roomId, sessionId, context, services)).WithSummary($"Adds candidates to a {kind} session or restarts its ICE");
        group.MapDelete(Route, (string roomId, string sessionId, HttpContext context, EndpointServices services) =>
            EndSession(kind, roomId, sessionId, context, services)).WithSummary($"Ends a {kind} session");
        group.MapMethods(Route, ["OPTIONS"], Preflight);
        group.MapMethods(Route, ["GET", "HEAD"], NoRepresentation);
        group.MapMethods(Route, ["PUT", "POST"], MethodNotAllowed);
    }

    private static async Task<IResult> EndSession(
        SessionKind kind, string roomId, string sessionId, HttpContext context, EndpointServices services)
    {
        // An entity tag is ignored here: ending a session does not depend on its ICE state (RFC 9725 §4.3.1).
        if (await PassOnAsync(kind, roomId, sessionId, context, services) is { } elsewhere) return elsewhere;
        var (session, refusal) = await FindAsync(kind, roomId, sessionId, context, services);
        if (session is null) return refusal!;
        return await services.Sessions.CloseAsync(session, "ended by the client") ? TypedResults.Ok() : Unknown();
    }

    private static async Task<IResult> PatchIce(
        SessionKind kind, string roomId, string sessionId, HttpContext context, EndpointServices services)
    {
        Task<(string Text, Refusal? Refusal)> ReadAsync() => ReadFragmentAsync(context.Request, services.Options.Value.MaxBodyBytes);
        if (await PassOnAsync(kind, roomId, sessionId, context, services, ReadAsync) is { } elsewhere) return elsewhere;
        var (session, refusal) = await FindAsync(kind, roomId, sessionId, context, services);
        if (session is null) return refusal!;

        var (text, bodyRefusal) = await ReadAsync();
        if (bodyRefusal is not null) return bodyRefusal;

        var error = IceFragment.TryParse(text, out var fragment);
        if (error != IceFragmentError.None)
            return new Refusal(StatusCodes.Status400BadRequest, $"the SDP fragment is malformed: {error}");
        var (ufrag, pwd) = (fragment.Ufrag.ToString(), fragment.Pwd.ToString());

        await session.IceGate.WaitAsync(context.RequestAborted);
        try
        {
            return await ApplyAsync(session, ufrag, pwd, context, services);
        }
        finally
        {
            session.IceGate.Release();
        }
    }

    private static async Task<(string Text, Refusal? Refusal)> ReadFragmentAsync(HttpRequest request, int maxBytes)
    {
        var (text, refusal) = await RequestBody.ReadAsync(request, FragmentType, maxBytes);
        return (text, refusal is { Status: StatusCodes.Status415UnsupportedMediaType } ? refusal with { Header = ("Accept-Patch", FragmentType) } : refusal);
    }

    private static async Task<IResult> ApplyAsync(
        MediaSession session, string ufrag, string pwd, HttpContext context, EndpointServices services)
    {
        switch (EntityTags.Evaluate(context.Request.Headers.IfMatch, session.EntityTag))
        {
            case IfMatch.Missing:
                return new Refusal(StatusCodes.Status428PreconditionRequired, "If-Match is required");
            case IfMatch.Other:
                return new Refusal(StatusCodes.Status412PreconditionFailed, "If-Match names an ICE session that is over");
        }

        // Credentials other than the current ones ask for a restart (RFC 9725 §4.3.3). Candidates of the present ICE
        // session need no work: an ICE-lite server waits for the client's checks, whatever address they come from.
        if (ufrag.Length == 0 || (ufrag == session.Ufrag && pwd == session.Pwd)) return TypedResults.NoContent();

        var answer = await services.Sessions.RestartIceAsync(session, ufrag, pwd);
        context.Response.Headers.ETag = session.EntityTag;
        return TypedResults.Text(answer, FragmentType);
    }

    // A session that is not known here may be at the room's node, which checks the token.
    private static async Task<IResult?> PassOnAsync(SessionKind kind, string roomId, string sessionId, HttpContext context, EndpointServices services, Func<Task<(string Text, Refusal? Refusal)>>? read = null) =>
        Bearer.TokenOf(context.Request).Length == 0 || services.Sessions.Find(kind, roomId, sessionId) is not null
            ? null
            : await services.PassOnAsync(context, roomId, place: false, read);

    // The session URL alone is not enough: it asks for the token that opened it, or a newer one of the same person.
    private static async Task<(MediaSession? Session, Refusal? Refusal)> FindAsync(
        SessionKind kind, string roomId, string sessionId, HttpContext context, EndpointServices services)
    {
        var token = Bearer.TokenOf(context.Request);
        if (token.Length == 0) return (null, Refusal.Unauthorized("a bearer token is required", tokenGiven: false));
        if (services.Sessions.Find(kind, roomId, sessionId) is not { } session) return (null, Unknown());
        if (session.IsOpenedBy(token)) return (session, null);

        var authorize = new AuthorizeRequest { Token = token, RoomId = roomId };
        var grant = await services.Rooms.AuthorizeAsync(authorize, context.RequestAborted);
        if (grant.Refusal.Length > 0) return (null, new Refusal(StatusCodes.Status403Forbidden, grant.Refusal));
        var samePerson = grant.UserId.Length > 0 && grant.UserId == session.Grant.UserId && grant.Role == session.Grant.Role;
        return samePerson
            ? (session, null)
            : (null, new Refusal(StatusCodes.Status403Forbidden, "the session belongs to another token"));
    }

    private static Refusal Unknown() => new(StatusCodes.Status404NotFound, "session not found");

    private static Microsoft.AspNetCore.Http.HttpResults.Ok Preflight(HttpContext context)
    {
        Cors.Allow(context.Response, Methods);
        context.Response.Headers["Accept-Patch"] = FragmentType;
        return TypedResults.Ok();
    }

    // The resources have no representation; a GET succeeds without content (RFC 9725 §4.1).
    private static Microsoft.AspNetCore.Http.HttpResults.NoContent NoRepresentation() => TypedResults.NoContent();

    private static Refusal MethodNotAllowed() =>
        new(StatusCodes.Status405MethodNotAllowed, "method not allowed") { Header = ("Allow", Methods) };
}
