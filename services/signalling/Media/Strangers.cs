using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Signalling.Sessions;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling.Media;

/// <summary>
/// Closes transports of peers whom nobody here knows: another process opened them, and is gone. Their peers come back and build new ones,
/// or were removed, or stayed away from signalling, and would publish and watch for as long as they like.
/// </summary>
internal sealed class Strangers(ISfuControl sfu, RepeatedCalls repeated, TimeProvider time, IOptions<RoomOptions> options, ILogger<Strangers> logger)
{
    // Beyond the time in which a peer may come back: for one that comes at its end, and for what is just being opened.
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(30);

    /// <summary>Closes the transport unless it becomes somebody's within the time in which peers may come back; returns at once.</summary>
    /// <param name="room">Where.</param>
    /// <param name="change">What was told of it.</param>
    /// <param name="isOpen">False once the room is another process's to look after, or over.</param>
    public void CloseUnlessKnown(RoomMedia room, TransportChanged change, Func<bool> isOpen) => _ = CloseUnlessKnownAsync(room, change, isOpen);

    /// <summary>Has the room watched for as long as strangers are waited for; once at a time for a room.</summary>
    public void LookFor(RoomMedia room, Action watch, Action unwatch) => _ = LookForAsync(room, watch, unwatch);

    private async Task LookForAsync(RoomMedia room, Action watch, Action unwatch)
    {
        if (!room.TryBeginLook()) return;
        watch();
        await Task.Delay(options.Value.ReconnectGrace + (2 * s_margin), time);
        unwatch();
        room.EndLook();
    }

    private async Task CloseUnlessKnownAsync(RoomMedia room, TransportChanged change, Func<bool> isOpen)
    {
        if (!room.TryBeginDoubt(change.TransportId)) return;
        await Task.Delay(options.Value.ReconnectGrace + s_margin, time);
        if (!room.EndDoubt(change.TransportId) || !isOpen()) return;
        logger.StrangerClosed(change.TransportId, change.PeerId, room.RoomId);
        var request = new CloseTransportRequest { TransportId = change.TransportId, RoomId = room.RoomId, Reason = "its peer has not come back", UnlessWatched = true };
        await repeated.DoAsync($"close transport {change.TransportId} in room {room.RoomId}", token => sfu.CloseTransportAsync(request, token), isOpen);
    }
}
