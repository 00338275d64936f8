using System.Text.Json.Serialization;

using LiveStream.Contracts;
using LiveStream.Contracts.Signalling.V1;
using LiveStream.Signalling.Hosts;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Room;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling.Endpoints;

/// <summary>Reply of <c>GET /init</c>. Clients hang without <c>endpoint</c> and <c>config</c>.</summary>
internal sealed record InitReply(
    [property: JsonPropertyName("endpoint")] string Endpoint,
    [property: JsonPropertyName("rtcConfiguration")] RtcConfigurationDto RtcConfiguration,
    [property: JsonPropertyName("config")] InitConfigDto Config);

internal sealed record RtcConfigurationDto([property: JsonPropertyName("ice_servers")] IReadOnlyList<IceServerDto> IceServers);

internal sealed record IceServerDto(
    [property: JsonPropertyName("urls")] IReadOnlyList<string> Urls,
    [property: JsonPropertyName("username")] string? Username,
    [property: JsonPropertyName("credential")] string? Credential);

internal sealed record InitConfigDto([property: JsonPropertyName("enabledFlags")] IReadOnlyList<string> EnabledFlags);

/// <summary>Generated JSON of the reply.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InitReply))]
internal sealed partial class InitJson : JsonSerializerContext;

/// <summary>
/// Where a client learns its WebSocket. A bad token is refused here, with a code: a refused WebSocket would be tried again
/// for a minute. Nothing is answered 404, from which clients do not recover.
/// </summary>
internal static class InitEndpoints
{
    /// <summary>The path that clients append to the server's origin.</summary>
    public const string InitPath = "/init";

    private const string Methods = "OPTIONS, GET";

    // A role that neither sends nor receives media makes no peer connection.
    private static readonly InitConfigDto s_config = new(["nonWebRTCDisableOffer", "simulcast"]);

    public static void MapInit(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(InitPath).AddEndpointFilter(Cors.AddHeaders);
        group.MapGet("", Init).WithSummary("Tells a client its WebSocket, ICE servers and flags");
        group.MapMethods("", ["OPTIONS"], Preflight);
    }

    private static async Task<Results<JsonHttpResult<InitReply>, Refusal>> Init(
        HttpContext http,
        ClientAdmission admission,
        RoomTable rooms,
        IRoomHosts hosts,
        IOptions<RoomOptions> roomOptions,
        IOptions<SignallingOptions> options)
    {
        KeepCorsHeaders(http.Response);
        var (admitted, error) = await admission.CheckAsync(Bearer.TokenOf(http.Request), http.Request.Query["peer_id"], http.RequestAborted);
        if (admitted is null) return RefusalOf(error!, options.Value.RetryAfter);
        // Whoever is in a room has a place: an error here ends a client's tries to come back.
        if (rooms.IsFull && rooms.FindKnown(admitted.Identity.TokenHash, admitted.Identity.PeerId) is null) return RefusalOf(new(ErrorCode.Unavailable, "the server has too many clients"), options.Value.RetryAfter);

        var (host, noHost) = await FindHostAsync(hosts, admitted.Room.RoomId, options.Value.ControlTimeout, http.RequestAborted);
        if (noHost is not null) return RefusalOf(noHost, options.Value.RetryAfter);

        var reply = new InitReply(
            SocketUrlOf(http.Request, roomOptions.Value.PublicUrl, host),
            new RtcConfigurationDto([.. options.Value.IceServers.Select(server => new IceServerDto([server.Url], server.Username, server.Credential))]),
            s_config);
        return TypedResults.Json(reply, InitJson.Default.InitReply);
    }

    private static Refusal RefusalOf(ProtocolError error, TimeSpan retryAfter) => error.Code switch
    {
        ErrorCode.Unauthorized => Refusal.Unauthorized(error.Message, tokenGiven: true),
        // Clients take 404 for a server that is not there, and wait for ever.
        ErrorCode.NotFound => new Refusal(StatusCodes.Status403Forbidden, error.Message),
        ErrorCode.Unavailable or ErrorCode.TooManyRequests => Refusal.Later(error.Code, error.Message, retryAfter),
        _ => new Refusal(error.Code, error.Message),
    };

    private static async Task<(SignallingNode? Host, ProtocolError? Error)> FindHostAsync(
        IRoomHosts hosts, string roomId, TimeSpan timeout, CancellationToken aborted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        limit.CancelAfter(timeout);
        try
        {
            return (await hosts.FindAsync(roomId, place: true, limit.Token), null);
        }
        catch (ControlException e)
        {
            return (null, ControlErrors.Of(e));
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return (null, new(ErrorCode.Unavailable, "rooms did not answer in time"));
        }
    }

    // Of the node that has the room, which a balancer may know by the path; any other node passes on what comes to it.
    private static string SocketUrlOf(HttpRequest request, string publicUrl, SignallingNode? host)
    {
        if (host is { PublicUrl.Length: > 0 }) publicUrl = host.PublicUrl;
        var url = publicUrl.Length > 0 ? publicUrl : $"{request.Scheme}://{request.Host}{request.PathBase}";
        var path = host is null ? SocketEndpoints.SocketPath : $"{SocketEndpoints.SocketPath}/{host.NodeId}";
        // http becomes ws, https becomes wss.
        return "ws" + url["http".Length..] + path;
    }

    // A failure inside is answered by the host, which drops the headers; without them a page cannot read the code.
    private static void KeepCorsHeaders(HttpResponse response) => response.OnStarting(
        static state =>
        {
            ((HttpResponse)state).Headers.AccessControlAllowOrigin = "*";
            return Task.CompletedTask;
        },
        response);

    private static Ok Preflight(HttpContext http)
    {
        Cors.Allow(http.Response, Methods);
        return TypedResults.Ok();
    }
}
