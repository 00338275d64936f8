using LiveStream.Contracts;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Signalling.Hosts;
using LiveStream.Signalling.Sdp;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling.Sessions;

/// <summary>Opens, restarts and ends sessions at the media server. Fails with <see cref="ControlException"/>.</summary>
internal sealed class MediaSessions(
    ISfuControl sfu, RoomWatches watches, RepeatedCalls repeated, NodeLease lease, TimeProvider time, IOptions<SignallingOptions> options, ILogger<MediaSessions> logger)
    : IRoomSessions
{
    // Asked of publishers who are shown by HLS: H264 goes into CMAF as it is, the others would be transcoded.
    private static readonly string[] HlsFirst = ["H264", "VP8", "VP9", "AV1"];

    // Longer than a media server keeps a transport that nobody answers.
    private static readonly TimeSpan s_unanswered = TimeSpan.FromMinutes(2);

    private readonly SessionTable _table = new(options.Value.MaxSessions, options.Value.MaxSessionsPerRoom);

    public int Count => _table.Count;

    public MediaSession? Find(SessionKind kind, string roomId, string id) => _table.Find(kind, roomId, id);

    /// <summary>Opens a session with the client's offer; the answer is complete with candidates.</summary>
    public async Task<(Admission Admission, MediaSession? Session, string Answer)> OpenAsync(
        SessionKind kind, JoinGrant grant, string token, string offer, CancellationToken requestAborted)
    {
        if (!IceRestart.TryReadCredentials(offer, out var ufrag, out var pwd))
            throw new ControlException(ControlError.InvalidArgument, "the offer carries no ICE credentials");

        var session = new MediaSession(kind, grant, token, offer, ufrag, pwd);
        var admission = _table.TryAdd(session);
        if (admission != Admission.Admitted)
        {
            session.Dispose();
            logger.SessionRefused(kind, grant.RoomId, admission);
            return (admission, null, "");
        }

        watches.Acquire(session.RoomId, OnEvent, () => _table.Doubt(session.RoomId), () => EndUntold(session.RoomId));
        try
        {
            var reply = await CallAsync(ct => sfu.OpenTransportAsync(OpenRequest(session), ct));
            session.IsOpened = true;
            // A client that hung up never learns the session URL, so nobody else would end the session.
            requestAborted.ThrowIfCancellationRequested();
            if (Find(kind, session.RoomId, session.Id) is null)
            {
                // Ended while it opened; a close that overtook the open did nothing at the media server.
                await CloseTransportAsync(session, "ended while opening");
                throw new ControlException(ControlError.Unavailable, "the session ended while it opened");
            }
            logger.SessionOpened(kind, session.Id, grant.Role, session.RoomId, session.TransportId);
            return (admission, session, reply.AnswerSdp);
        }
        catch
        {
            await CloseAsync(session, "open failed");
            throw;
        }
    }

    /// <summary>
    /// Restarts ICE with the client's new credentials and returns the server's fragment. The caller holds
    /// <see cref="MediaSession.IceGate"/>. After a failure the old ICE session goes on (RFC 9725 §4.3.3).
    /// </summary>
    public async Task<string> RestartIceAsync(MediaSession session, string ufrag, string pwd)
    {
        var offer = IceRestart.RewriteOffer(session.Offer, ufrag, pwd);
        var request = new UpdateTransportRequest { TransportId = session.TransportId, RoomId = session.RoomId, OfferSdp = offer };
        UpdateTransportReply reply;
        try
        {
            reply = await CallAsync(ct => sfu.UpdateTransportAsync(request, ct));
        }
        catch (ControlException e) when (e.Error == ControlError.NotFound)
        {
            End(session, "transport unknown to the media server");
            throw;
        }
        if (!IceRestart.TryWriteFragment(reply.AnswerSdp, out var fragment))
            throw new ControlException(ControlError.Internal, "the media server's answer carries no ICE credentials or candidates");
        session.RestartIce(offer, ufrag, pwd);
        logger.IceRestarted(session.Id, session.RoomId);
        return fragment;
    }

    /// <summary>Ends a session and its transport; false when it has ended already.</summary>
    public async Task<bool> CloseAsync(MediaSession session, string reason)
    {
        if (!End(session, reason)) return false;
        await CloseTransportAsync(session, reason);
        return true;
    }

    /// <summary>Rooms that have a session.</summary>
    public IReadOnlyList<string> RoomIds => _table.RoomIds;

    /// <inheritdoc/>
    public bool IsIn(string roomId) => _table.HasRoom(roomId);

    /// <inheritdoc/>
    public Task CloseRoomAsync(string roomId, string reason) => CloseAsync(_table.Of(roomId), reason, CancellationToken.None);

    /// <summary>Ends the sessions whose peer stayed away too long.</summary>
    public async Task CloseOverdueAsync()
    {
        await CloseAsync(_table.Overdue(time.GetUtcNow()), "peer vanished", CancellationToken.None);
    }

    /// <summary>
    /// Refuses new sessions and, where the media server ends with this process, ends all others, for shutdown. Where it does not, media
    /// goes on without signalling: encoders and players notice nothing, and the media server itself sees when they leave.
    /// </summary>
    public async Task CloseAllAsync(CancellationToken cancellationToken)
    {
        var sessions = _table.Close();
        if (sessions.Count == 0) return;
        if (lease.IsOneOfSeveral)
        {
            logger.SessionsLeft(sessions.Count);
            return;
        }

        logger.ShuttingDown(sessions.Count);
        await CloseAsync(sessions, "server shutdown", cancellationToken);
    }

    // All are over at once; a media server that does not answer for one does not hold up the others.
    private Task CloseAsync(IReadOnlyList<MediaSession> sessions, string reason, CancellationToken cancellationToken)
    {
        var ended = sessions.Where(session => End(session, reason)).ToList();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(ended, parallel, async (session, _) => await CloseTransportAsync(session, reason));
    }

    private static OpenTransportRequest OpenRequest(MediaSession session)
    {
        var grant = session.Grant;
        var request = new OpenTransportRequest
        {
            RoomId = session.RoomId,
            TransportId = session.TransportId,
            PeerId = session.PeerId,
            Role = grant.Role,
            OfferSdp = session.Offer,
        };
        if (session.Kind == SessionKind.Whip)
        {
            request.Publish = new PublishPolicy
            {
                Audio = grant.PublishAudio,
                Video = grant.PublishVideo,
                Screen = grant.PublishScreen,
                MaxVideoKbps = grant.MaxVideoKbps,
            };
            if (grant.BroadcastByHls) request.Publish.VideoCodecs.Add(HlsFirst);
        }
        else
        {
            request.Subscribe = new SubscribePolicy();
            request.Subscribe.FromRoles.Add(grant.SubscribeToRoles);
        }
        return request;
    }

    private void OnEvent(RoomEvent roomEvent)
    {
        if (roomEvent.TransportChanged is not { } change || _table.FindTransport(change.TransportId) is not { } session) return;
        session.IsInDoubt = false;
        switch (change.State)
        {
            case TransportState.Connected:
                session.PeerDeadline = null;
                break;
            case TransportState.Disconnected:
                session.PeerDeadline = time.GetUtcNow() + options.Value.DisconnectedGrace;
                logger.PeerDisconnected(session.Id, session.RoomId, options.Value.DisconnectedGrace);
                break;
            case TransportState.Closed:
                End(session, change.Reason);
                break;
        }
    }

    // A media server that began anew, or ended them while nobody listened, does not know these.
    private void EndUntold(string roomId)
    {
        foreach (var session in _table.Of(roomId).Where(session => session.IsInDoubt)) _ = CloseAsync(session, "transport unknown to the media server");
    }

    // The session is not disposed: a restart may still hold its gate, which has no handle to give back.
    private bool End(MediaSession session, string reason)
    {
        if (!_table.Remove(session)) return false;
        watches.Release(session.RoomId);
        logger.SessionEnded(session.Kind, session.Id, session.RoomId, reason);
        return true;
    }

    private Task CloseTransportAsync(MediaSession session, string reason)
    {
        // One that never was answered the media server ends by itself.
        var began = time.GetTimestamp();
        var request = new CloseTransportRequest { TransportId = session.TransportId, RoomId = session.RoomId, Reason = reason };
        return repeated.DoAsync(
            $"close transport {session.TransportId} of session {session.Id}", token => sfu.CloseTransportAsync(request, token),
            isWanted: () => session.IsOpened || time.GetElapsedTime(began) < s_unanswered);
    }

    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call)
    {
        using var limit = new CancellationTokenSource(options.Value.ControlTimeout, time);
        try
        {
            return await call(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new ControlException(ControlError.Unavailable, "the media server did not answer in time");
        }
    }
}
