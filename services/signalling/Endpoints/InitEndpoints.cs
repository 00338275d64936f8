using System.Text.Json.Serialization;

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
        IOptions<RoomOptions> roomOptions,
        IOptions<SignallingOptions> options)
    {
        KeepCorsHeaders(http.Response);
        var (admitted, error) = await admission.CheckAsync(Bearer.TokenOf(http.Request), http.Request.Query["peer_id"], http.RequestAborted);
        if (admitted is null) return RefusalOf(error!, options.Value.RetryAfter);
        if (rooms.IsFull) return RefusalOf(new(ErrorCode.Unavailable, "the server has too many clients"), options.Value.RetryAfter);

        var reply = new InitReply(
            SocketUrlOf(http.Request, roomOptions.Value.PublicUrl),
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

    private static string SocketUrlOf(HttpRequest request, string publicUrl)
    {
        var url = publicUrl.Length > 0 ? publicUrl : $"{request.Scheme}://{request.Host}{request.PathBase}";
        // http becomes ws, https becomes wss.
        return "ws" + url["http".Length..] + SocketEndpoints.SocketPath;
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
