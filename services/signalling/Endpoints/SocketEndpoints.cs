using System.Net.WebSockets;

using LiveStream.Contracts;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Room;
using LiveStream.Signalling.Room.State;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Signalling.Endpoints;

/// <summary>The WebSocket of the client protocol.</summary>
internal static class SocketEndpoints
{
    /// <summary>The path that <c>/init</c> names.</summary>
    public const string SocketPath = "/ws";

    public static void MapSocket(this IEndpointRouteBuilder routes) => routes.MapGet(SocketPath, Serve).WithSummary("WebSocket of the client protocol");

    private static async Task<IResult> Serve(HttpContext http, ClientAdmission admission, RoomTable rooms, RoomServices services)
    {
        if (!http.WebSockets.IsWebSocketRequest) return new Refusal(StatusCodes.Status400BadRequest, "a WebSocket is expected");
        if (!rooms.TryAddSocket(out var id)) return new Refusal(StatusCodes.Status503ServiceUnavailable, "the server has too many clients");
        try
        {
            using var webSocket = await http.WebSockets.AcceptWebSocketAsync();
            // Put there before the middleware of WebSockets took it.
            var connection = ((FrameUpgrade)http.Features.GetRequiredFeature<IHttpUpgradeFeature>()).Stream!;
            using var socket = new PeerSocket(id, webSocket, connection, services.Logger);
            var query = http.Request.Query;
            await ServeAsync(socket, query["token"], query["peer"], admission, rooms, services, http.RequestAborted);
            await socket.FinishAsync();
        }
        finally
        {
            rooms.RemoveSocket();
        }

        return Results.Empty;
    }

    private static async Task ServeAsync(
        PeerSocket socket, string? token, string? peerId, ClientAdmission admission, RoomTable rooms, RoomServices services, CancellationToken aborted)
    {
        var (admitted, error) = await admission.CheckAsync(token, peerId, aborted);
        RoomSession? room = null;
        if (admitted is not null) (room, error) = await EnterAsync(admitted.Room, rooms, services, aborted);
        if (room is null)
        {
            await RefuseAsync(socket, error!, services);
            return;
        }

        var end = SocketEnd.Lost;
        try
        {
            await room.OpenAsync(socket, admitted!.Identity);
            end = await new SocketReader(
                socket, services.Options, services.Time, services.Metrics, message => room.PostAsync(new MessageReceived(socket.Id, message))).ReadAsync();
        }
        finally
        {
            services.Metrics.SocketEnded(end);
            await room.CloseAsync(socket, end);
            rooms.Leave(room);
        }
    }

    private static async Task<(RoomSession? Room, ProtocolError? Error)> EnterAsync(
        RoomKey key, RoomTable rooms, RoomServices services, CancellationToken aborted)
    {
        using var limit = new CancellationTokenSource(services.ControlTimeout, services.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
        try
        {
            return (await rooms.EnterAsync(key, both.Token), null);
        }
        catch (ControlException e)
        {
            return (null, ControlErrors.Of(e));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return (null, new(ErrorCode.Unavailable, "rooms did not answer in time"));
        }
    }

    // By a message rather than by a refused handshake, which clients try again for a minute without a pause.
    private static async Task RefuseAsync(PeerSocket socket, ProtocolError error, RoomServices services)
    {
        services.Logger.SocketRefused(error.Code, error.Message);
        socket.Send(new OnError(error.Code, error.Message));
        socket.Close(WebSocketCloseStatus.PolicyViolation, error.Message);
        await new SocketReader(socket, services.Options, services.Time, services.Metrics, _ => ValueTask.CompletedTask).ReadAsync();
    }
}
