using System.Net.WebSockets;

using LiveStream.Contracts;
using LiveStream.Contracts.Signalling.V1;
using LiveStream.Signalling.Hosts;
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

    public static void MapSocket(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(SocketPath, Serve).WithSummary("WebSocket of the client protocol");
        // The name is for balancers: who has the room is asked anew.
        routes.MapGet(SocketPath + "/{node}", Serve).WithSummary("WebSocket of the client protocol at one node");
    }

    private static async Task<IResult> Serve(
        HttpContext http, ClientAdmission admission, RoomTable rooms, RoomServices services, IRoomHosts hosts, OtherNodes others)
    {
        if (!http.WebSockets.IsWebSocketRequest) return new Refusal(StatusCodes.Status400BadRequest, "a WebSocket is expected");
        if (!rooms.TryAddSocket(out var id)) return new Refusal(StatusCodes.Status503ServiceUnavailable, "the server has too many clients");
        try
        {
            var query = http.Request.Query;
            var (admitted, error) = await admission.CheckAsync(query["token"], query["peer"], http.RequestAborted);
            if (admitted is not null)
            {
                (var host, error) = await FindHostAsync(admitted.Room, hosts, services, http.RequestAborted);
                if (error is not null) admitted = null;
                else if (!hosts.IsHere(host)) return await PassOnAsync(http, admitted!.Room, host!, others);
            }

            using var webSocket = await http.WebSockets.AcceptWebSocketAsync();
            // Put there before the middleware of WebSockets took it.
            var connection = ((FrameUpgrade)http.Features.GetRequiredFeature<IHttpUpgradeFeature>()).Stream!;
            using var socket = new PeerSocket(id, webSocket, connection, services.Logger);
            await ServeAsync(socket, admitted, error, rooms, services, http.RequestAborted);
            await socket.FinishAsync();
        }
        finally
        {
            rooms.RemoveSocket();
        }

        return Results.Empty;
    }

    private static async Task ServeAsync(
        PeerSocket socket, Admitted? admitted, ProtocolError? error, RoomTable rooms, RoomServices services, CancellationToken aborted)
    {
        RoomSession? room = null;
        var budget = admitted is null ? rooms.Budgets.Make() : rooms.Budgets.TryOpen(admitted.Identity);
        if (budget is null) (admitted, error) = (null, new(ErrorCode.TooManyRequests, "too many connections"));
        if (admitted is not null) (room, error) = await EnterAsync(admitted.Room, rooms, services, aborted);
        if (room is null)
        {
            await RefuseAsync(socket, error!, rooms, services);
            return;
        }

        var end = SocketEnd.Lost;
        try
        {
            await room.OpenAsync(socket, admitted!.Identity);
            end = await new SocketReader(
                socket, budget!, services.Options, services.Time, services.Metrics, message => room.PostAsync(new MessageReceived(socket.Id, message))).ReadAsync();
        }
        finally
        {
            services.Metrics.SocketEnded(end);
            await room.CloseAsync(socket, end);
            rooms.Leave(room);
        }
    }

    // Refused by its handshake, a client asks /init again at once.
    private static async Task<IResult> PassOnAsync(HttpContext http, RoomKey room, SignallingNode host, OtherNodes others)
    {
        if (OtherNodes.IsRelayed(http.Request)) return new Refusal(StatusCodes.Status421MisdirectedRequest, "the room is at another node");
        return await others.TryTunnelAsync(http, room.RoomId, host)
            ? Results.Empty
            : new Refusal(StatusCodes.Status503ServiceUnavailable, "the room's node does not answer");
    }

    private static Task<(SignallingNode? Host, ProtocolError? Error)> FindHostAsync(
        RoomKey key, IRoomHosts hosts, RoomServices services, CancellationToken aborted) =>
        AskAsync(limit => hosts.FindAsync(key.RoomId, place: true, limit), services, aborted);

    private static async Task<(RoomSession? Room, ProtocolError? Error)> EnterAsync(
        RoomKey key, RoomTable rooms, RoomServices services, CancellationToken aborted) =>
        await AskAsync<RoomSession>(async limit => await rooms.EnterAsync(key, limit), services, aborted);

    private static async Task<(T? Answer, ProtocolError? Error)> AskAsync<T>(
        Func<CancellationToken, Task<T?>> ask, RoomServices services, CancellationToken aborted)
        where T : class
    {
        using var limit = new CancellationTokenSource(services.ControlTimeout, services.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
        try
        {
            return (await ask(both.Token), null);
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
    private static async Task RefuseAsync(PeerSocket socket, ProtocolError error, RoomTable rooms, RoomServices services)
    {
        services.Logger.SocketRefused(error.Code, error.Message);
        socket.Send(new OnError(error.Code, error.Message));
        socket.Close(WebSocketCloseStatus.PolicyViolation, error.Message);
        await new SocketReader(socket, rooms.Budgets.Make(), services.Options, services.Time, services.Metrics, _ => ValueTask.CompletedTask).ReadAsync();
    }
}
