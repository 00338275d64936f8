using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling.Media;

/// <summary>
/// Fetches offers of subscribe connections from the SFU, as <see cref="SubscribeNegotiation"/> decides, and hands them to
/// the room. Nothing here waits for a client.
/// </summary>
internal sealed class SubscribeOffers(ISfuControl sfu, TimeProvider time, IOptions<SignallingOptions> options, ILogger<SubscribeOffers> logger)
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    // A client gives a restart some five seconds before it counts as failed.
    private static readonly TimeSpan s_restartPeriod = TimeSpan.FromSeconds(10);

    /// <summary>Offers what is to be offered; returns at once.</summary>
    /// <param name="room">Where.</param>
    /// <param name="peer">To whom.</param>
    /// <param name="onLost">Told when the SFU does not know the transport.</param>
    public void Pump(RoomMedia room, PeerConnections peer, Func<RoomMedia, PeerConnections, Task> onLost) => _ = PumpAsync(room, peer, onLost);

    /// <summary>Says an unanswered offer once more.</summary>
    public void Repeat(RoomMedia room, PeerConnections peer, Func<RoomMedia, PeerConnections, Task> onLost)
    {
        if (peer.Negotiation.Outstanding is { } offer) _ = ReportAsync(room, peer, offer);
        else Pump(room, peer, onLost);
    }

    /// <summary>Offers ICE restarts from time to time until the client is heard again.</summary>
    public void RestartWhileSilent(RoomMedia room, PeerConnections peer, Func<RoomMedia, PeerConnections, Task> onLost) =>
        _ = RestartWhileSilentAsync(room, peer, onLost);

    private async Task RestartWhileSilentAsync(RoomMedia room, PeerConnections peer, Func<RoomMedia, PeerConnections, Task> onLost)
    {
        while (peer.IsSilent && room.Find(peer.PeerId) == peer)
        {
            peer.Negotiation.Restart();
            await PumpAsync(room, peer, onLost);
            await Task.Delay(s_restartPeriod, time);
        }
    }

    private async Task PumpAsync(RoomMedia room, PeerConnections peer, Func<RoomMedia, PeerConnections, Task> onLost)
    {
        while (peer.Negotiation.TryBegin(out var isRestart))
        {
            using var limit = new CancellationTokenSource(options.Value.ControlTimeout, time);
            try
            {
                var request = new MakeOfferRequest { RoomId = room.RoomId, TransportId = peer.SubscribeId, RestartIce = isRestart };
                var reply = await sfu.MakeOfferAsync(request, limit.Token);
                if (peer.Negotiation.Offered(reply.OfferSdp)) await ReportAsync(room, peer, reply.OfferSdp);
                continue;
            }
            catch (ControlException e) when (e.Error == ControlError.NotFound)
            {
                await onLost(room, peer);
                return;
            }
            catch (ControlException e)
            {
                logger.OfferFailed(peer.PeerId, room.RoomId, e.Error, e.Message);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                logger.OfferFailed(peer.PeerId, room.RoomId, ControlError.Unavailable, "no answer in time");
            }
            // Nobody waits for this: a call that failed in a way that nobody thought of must not be the last one.
            catch (Exception e)
            {
                logger.OfferFailed(peer.PeerId, room.RoomId, ControlError.Internal, e.Message);
            }

            peer.Negotiation.Failed(isRestart);
            await Task.Delay(s_retry, time);
        }
    }

    // A room whose queue is full takes it a little later, unless the client has another one by then.
    private async Task ReportAsync(RoomMedia room, PeerConnections peer, string offer)
    {
        while (!room.Report(new SubscribeOffered(peer.PeerId, offer, peer.NodeId)))
        {
            await Task.Delay(s_retry, time);
            if (peer.Negotiation.Outstanding != offer || room.Find(peer.PeerId) != peer) return;
        }
    }
}
