using LiveStream.Contracts;
using LiveStream.Contracts.Rooms;
using LiveStream.Signalling.Hosts;
using LiveStream.Signalling.Sessions;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling.Endpoints;

/// <summary>What the handlers of both protocols work with.</summary>
internal sealed record EndpointServices(
    IRoomsDirectory Rooms, MediaSessions Sessions, IRoomHosts Hosts, OtherNodes Others, IOptions<SignallingOptions> Options, TimeProvider Time,
    ILogger<EndpointServices> Logger)
{
    /// <summary>
    /// Answers from the node that has the room, or says why that is not possible; null where the room is here, or nobody has it
    /// and it was not to be placed. Fails with <see cref="ControlException"/>.
    /// </summary>
    /// <param name="context">Request and reply.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="place">Gives a room that no node has to one.</param>
    /// <param name="read">Reads the request's body, or says why it is refused; null where the request has none to pass on.</param>
    public async Task<IResult?> PassOnAsync(HttpContext context, string roomId, bool place, Func<Task<(string Text, Refusal? Refusal)>>? read = null)
    {
        var host = await Hosts.FindAsync(roomId, place, context.RequestAborted);
        if (Hosts.IsHere(host)) return null;
        var (body, refusal) = read is null ? ("", null) : await read();
        if (refusal is not null) return refusal;
        if (!OtherNodes.IsRelayed(context.Request) && await Others.TryRelayAsync(context, roomId, host!, body)) return Results.Empty;
        return Refusal.Later(StatusCodes.Status503ServiceUnavailable, "the room's node does not answer", Options.Value.RetryAfter);
    }
}

internal static class EndpointServicesExtensions
{
    public static EndpointServices GetEndpointServices(this IServiceProvider services) =>
        services.GetRequiredService<EndpointServices>();
}
