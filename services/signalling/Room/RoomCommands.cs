using LiveStream.Contracts;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Media;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Room.State;
using LiveStream.Signalling.Sessions;

using Microsoft.Extensions.Logging;

namespace LiveStream.Signalling.Room;

/// <summary>
/// Does what a room asks of other services, outside of the room's loop. Commands about one peer's media follow each other;
/// everything else runs at once. <see cref="Run"/> and <see cref="Sweep"/> are called by the loop only.
/// </summary>
internal sealed class RoomCommands(
    RoomKey key, ILiveRooms rooms, IPeerMedia media, IRoomSessions sessions, TimeSpan timeout, TimeProvider time, ILogger logger, Func<RoomFact, ValueTask> post)
{
    private readonly Dictionary<string, Task> _mediaQueues = new(StringComparer.Ordinal);

    /// <summary>Starts a command and returns.</summary>
    public void Run(RoomCommand command)
    {
        if (command is not MediaCommand ofPeer)
        {
            _ = DoAsync(command, Task.CompletedTask);
            return;
        }

        var before = _mediaQueues.GetValueOrDefault(ofPeer.PeerId, Task.CompletedTask);
        _mediaQueues[ofPeer.PeerId] = DoAsync(command, before);
    }

    /// <summary>Forgets peers whose commands are all done.</summary>
    public void Sweep()
    {
        foreach (var (peerId, last) in _mediaQueues)
        {
            if (last.IsCompleted) _mediaQueues.Remove(peerId);
        }
    }

    private async Task DoAsync(RoomCommand command, Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        object? result = null;
        ProtocolError? error = null;
        using var limit = new CancellationTokenSource(timeout, time);
        try
        {
            result = await CallAsync(command, limit.Token);
        }
        catch (ControlException e)
        {
            error = ControlErrors.Of(e);
            if (e.Error == ControlError.Internal || command.Ticket == 0) logger.CommandFailed(e, command.GetType().Name, key.RoomId);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            error = new(ErrorCode.Unavailable, "another service did not answer in time");
            logger.CommandTimedOut(command.GetType().Name, key.RoomId, timeout);
        }
        // The outermost guard of the command: the peer that waits must get its answer.
        catch (Exception e)
        {
            error = new(ErrorCode.Internal, "internal error");
            logger.CommandFailed(e, command.GetType().Name, key.RoomId);
        }

        if (command.Ticket != 0) await post(new CommandFinished(command.Ticket, result, error));
    }

    private async Task<object?> CallAsync(RoomCommand command, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case OfferMedia offer:
                return await media.OfferAsync(offer.Peer, offer.Sdp, offer.Tracks, cancellationToken);
            case AnswerMedia answer:
                await media.AnswerAsync(answer.Peer, answer.Sdp, cancellationToken);
                return null;
            case TrickleMedia trickle:
                await media.TrickleAsync(trickle.Peer, trickle.Target, trickle.Candidate, cancellationToken);
                return null;
            case ChangeMediaRole change:
                await media.ChangeRoleAsync(change.Peer, cancellationToken);
                return null;
            case ResumeMedia resume:
                await media.ResumeAsync(resume.Peer, cancellationToken);
                return null;
            case ExpectMedia expect:
                await media.ExpectAsync(expect.Peer, cancellationToken);
                return null;
            case CloseMedia close:
                await media.CloseAsync(key.RoomId, close.PeerId, close.Reason, cancellationToken);
                return null;
            case StartStream start:
                return await rooms.StartStreamAsync(RequestOf(start), cancellationToken);
            case StopStreams stop:
                var stopping = new StopRoomStreamsRequest { CustomerId = key.CustomerId, RoomId = key.RoomId, PeerId = stop.PeerId, RoomEnded = stop.RoomEnded };
                return await rooms.StopStreamsAsync(stopping, cancellationToken);
            case InsertMetadata insert:
                return await rooms.InsertTimedMetadataAsync(RequestOf(insert), cancellationToken);
            case CloseSessions close:
                await sessions.CloseRoomAsync(key.RoomId, close.Reason);
                return null;
            case LockRoom:
                return await rooms.LockRoomAsync(new LockRoomRequest { CustomerId = key.CustomerId, RoomId = key.RoomId }, cancellationToken);
            default:
                throw new ArgumentException($"{command.GetType()} is no command of a room.", nameof(command));
        }
    }

    private InsertRoomTimedMetadataRequest RequestOf(InsertMetadata insert)
    {
        var request = new InsertRoomTimedMetadataRequest { CustomerId = key.CustomerId, RoomId = key.RoomId };
        request.Payloads.AddRange(insert.Payloads.Select(timed => new TimedPayload { Payload = timed.Payload, DurationSeconds = timed.Seconds }));
        return request;
    }

    private StartRoomStreamRequest RequestOf(StartStream start)
    {
        var request = new StartRoomStreamRequest { CustomerId = key.CustomerId, RoomId = key.RoomId, MeetingUrl = start.MeetingUrl, PeerId = start.PeerId };
        if (start.HlsVod is { } vod) request.HlsVod = vod;
        if (start.SingleFilePerLayer is { } single) request.SingleFilePerLayer = single;
        return request;
    }
}
