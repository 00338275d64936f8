using System.Runtime.CompilerServices;

using Google.Protobuf.WellKnownTypes;

using LiveStream.Contracts;
using LiveStream.Contracts.Events.V1;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Endpoints;
using LiveStream.Rooms.Endpoints.Rest;
using LiveStream.Rooms.Sessions;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Streams;

using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Joining;

/// <summary>Serves signalling while people are in a room.</summary>
internal sealed class LiveRooms(
    RoomsStore rooms, RoomsDatabase database, ISessionWriter sessions, SessionStore record, LiveStreams streams, LiveStreamStore store, LiveStreamFeed feed, IOptions<RoomsOptions> options) : ILiveRooms
{
    public async Task<RoomPolicy> GetPolicyAsync(GetPolicyRequest request, CancellationToken cancellationToken) =>
        RoomPolicies.PolicyOf(await FindAsync(request.CustomerId, request.RoomId, cancellationToken));

    public async Task<StartRoomStreamReply> StartStreamAsync(StartRoomStreamRequest request, CancellationToken cancellationToken)
    {
        var room = await FindAsync(request.CustomerId, request.RoomId, cancellationToken);
        var wish = new StartWish(
            Destination: null,
            request.MeetingUrl.Length > 0 ? request.MeetingUrl : null,
            request.HasHlsVod ? request.HlsVod : null,
            request.HasSingleFilePerLayer ? request.SingleFilePerLayer : null,
            Transcription: null,
            StartedBy: request.PeerId);
        try
        {
            await streams.StartAsync(room, wish, cancellationToken);
        }
        catch (ApiException e)
        {
            // The template does not stream, or not to one destination only.
            throw new ControlException(ControlError.FailedPrecondition, e.Details.Count > 0 ? e.Details[0] : e.Message);
        }

        return new StartRoomStreamReply();
    }

    public async Task<StopRoomStreamsReply> StopStreamsAsync(StopRoomStreamsRequest request, CancellationToken cancellationToken)
    {
        var room = await FindAsync(request.CustomerId, request.RoomId, cancellationToken);
        await streams.StopAllAsync(room.Room, cancellationToken, request.PeerId, request.RoomEnded ? "room ended" : LiveStreams.ByRequest);
        return new StopRoomStreamsReply();
    }

    public async Task<InsertRoomTimedMetadataReply> InsertTimedMetadataAsync(InsertRoomTimedMetadataRequest request, CancellationToken cancellationToken)
    {
        if (request.Payloads.Any(timed => timed.Payload.Length is 0 or > RunBody.MaxPayload || timed.DurationSeconds is 0 or > RunBody.MaxDuration))
            throw new ControlException(ControlError.InvalidArgument, $"a payload has 1 to {RunBody.MaxPayload} characters and 1 to {RunBody.MaxDuration} seconds");
        var room = await FindAsync(request.CustomerId, request.RoomId, cancellationToken);
        var running = (await store.ListLiveAsync(room.Room.Id, cancellationToken)).Where(run => run.Status == LiveStreamStatus.Running).ToArray();
        if (running.Length == 0) throw new ControlException(ControlError.NotFound, "hls not running");
        try
        {
            foreach (var run in running)
            {
                foreach (var timed in request.Payloads)
                    await streams.InsertTimedMetadataAsync(room, run, timed.Payload, (int)timed.DurationSeconds, cancellationToken);
            }
        }
        catch (ApiException e)
        {
            throw new ControlException(ControlError.FailedPrecondition, e.Message);
        }

        return new InsertRoomTimedMetadataReply();
    }

    public async IAsyncEnumerable<RoomStream> WatchStreamsAsync(
        WatchRoomStreamsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var room = await FindAsync(request.CustomerId, request.RoomId, cancellationToken);
        // Listens before it reads, so that no change falls between the two.
        using var changes = feed.Listen(room.Room.Id);
        // The latest too where it is over: it may have ended while the caller was not listening.
        var latest = await store.FindLatestAsync(room.Room.Id, cancellationToken);
        if (latest is { IsLive: false }) yield return Describe(room.Template, latest);
        foreach (var live in await store.ListLiveAsync(room.Room.Id, cancellationToken)) yield return Describe(room.Template, live);
        await foreach (var streamId in changes.ReadAllAsync(cancellationToken))
        {
            if (await store.FindAsync(room.Room.CustomerId, streamId, cancellationToken) is { } run) yield return Describe(room.Template, run);
        }
    }

    public async Task<SessionReportReply> ReportSessionAsync(SessionReport request, CancellationToken cancellationToken)
    {
        // Of people who were not in a session; there may be none.
        switch (request)
        {
            case { WhatCase: SessionReport.WhatOneofCase.JoinRefused, At: not null }:
                await PublishAsync(request, Refusals.Of(request, request.JoinRefused), cancellationToken);
                return new SessionReportReply();
            case { WhatCase: SessionReport.WhatOneofCase.LeaveRefused, At: not null }:
                await PublishAsync(request, Refusals.Of(request, request.LeaveRefused), cancellationToken);
                return new SessionReportReply();
        }

        if (!ObjectId.IsValid(request.SessionId) || request.At is null) throw new ControlException(ControlError.InvalidArgument, "a report needs a session and a time");
        var (id, at) = (request.SessionId, request.At.ToDateTimeOffset());
        switch (request.WhatCase)
        {
            case SessionReport.WhatOneofCase.Began:
                await sessions.BeginAsync(request.CustomerId, request.RoomId, id, at, cancellationToken, request.LeaseId);
                break;
            case SessionReport.WhatOneofCase.PeerJoined:
                var peer = request.PeerJoined;
                await sessions.PeerJoinedAsync(new JoinedPeer(id, peer.PeerId, peer.Name, peer.Role, peer.UserId, at, peer.Metadata, peer.TokenHash), cancellationToken);
                break;
            case SessionReport.WhatOneofCase.PeerChanged:
                var changed = request.PeerChanged;
                await sessions.PeerChangedAsync(
                    id, changed.PeerId, changed.Name, changed.Role, cancellationToken, new RoleChangeReport(changed.RequestedBy, changed.Metadata, at));
                break;
            case SessionReport.WhatOneofCase.PeerLeft:
                var left = request.PeerLeft;
                await sessions.PeerLeftAsync(
                    id, left.PeerId, at, cancellationToken, new LeaveReport(LeaveReasons.NameOf(left.LeaveReason), left.LeaveMessage, left.Metadata));
                break;
            case SessionReport.WhatOneofCase.RoomEnded:
                await sessions.RoomEndedAsync(id, request.RoomEnded, at, cancellationToken);
                break;
            case SessionReport.WhatOneofCase.Ended:
                await sessions.CloseAsync(id, at, cancellationToken);
                break;
            case SessionReport.WhatOneofCase.RoleChangeRefused:
                await PublishAsync(request, Refusals.Of(request, request.RoleChangeRefused), cancellationToken);
                break;
            default:
                throw new ControlException(ControlError.InvalidArgument, "a report says what happened");
        }

        return new SessionReportReply();
    }

    public async Task<OpenSession> GetOpenSessionAsync(GetOpenSessionRequest request, CancellationToken cancellationToken)
    {
        var room = await FindAsync(request.CustomerId, request.RoomId, cancellationToken);
        var (sessionId, present) = await record.FindPresentAsync(room.Room.Id, cancellationToken);
        var open = new OpenSession { SessionId = sessionId };
        open.Peers.AddRange(present.Select(peer =>
            new ReportedPeer { PeerId = peer.Id, Name = peer.Name, Role = peer.Role, UserId = peer.UserId, TokenHash = peer.TokenHash }));
        return open;
    }

    public async Task<LockRoomReply> LockRoomAsync(LockRoomRequest request, CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            async write =>
            {
                var room = await write.LockRoomAsync(request.CustomerId, request.RoomId, cancellationToken) ?? throw NotFound();
                if (!room.Enabled) return false;
                room.Enabled = false;
                room.UpdatedAt = write.Now > (room.UpdatedAt ?? room.CreatedAt) ? write.Now : (room.UpdatedAt ?? room.CreatedAt).AddMilliseconds(1);
                write.Publish(new RoomUpdated(room.CustomerId, room.Id, room.Name, room.TemplateId, room.Enabled, room.UpdatedAt.Value));
                return true;
            },
            cancellationToken);
        return new LockRoomReply();
    }

    private Task<bool> PublishAsync<T>(SessionReport report, T fact, CancellationToken cancellationToken)
        where T : class => database.WriteAsync(
        async write =>
        {
            _ = await write.LockRoomAsync(report.CustomerId, report.RoomId, cancellationToken) ?? throw NotFound();
            write.Publish(fact);
            return true;
        },
        cancellationToken);

    private static ControlException NotFound() => new(ControlError.NotFound, "room not found");

    private async Task<RoomWithTemplate> FindAsync(string customerId, string roomId, CancellationToken cancellationToken) =>
        await rooms.FindRoomAsync(customerId, roomId, cancellationToken) ?? throw NotFound();

    private RoomStream Describe(Template template, LiveStreamRun run)
    {
        var destination = template.Document.Destinations.HlsDestinations.GetValueOrDefault(run.Destination);
        return new RoomStream
        {
            StreamId = run.Id,
            RoomId = run.RoomId,
            HlsVod = run.HlsVod,
            SingleFilePerLayer = run.SingleFilePerLayer,
            RecordingPaused = run.RecordingPaused,
            State = run.Status switch
            {
                LiveStreamStatus.Starting => RoomStreamState.Starting,
                LiveStreamStatus.Running => RoomStreamState.Running,
                LiveStreamStatus.Stopping => RoomStreamState.Stopping,
                LiveStreamStatus.Failed => RoomStreamState.Failed,
                _ => RoomStreamState.Ended,
            },
            Url = PlaybackUrls.Run(options.Value.PublicUrl, run),
            MeetingUrl = run.MeetingUrl,
            Dvr = destination?.PlaylistType == "event",
            InitialisedAt = Timestamp.FromDateTimeOffset(run.CreatedAt),
            StartedAt = run.StartedAt is { } at ? Timestamp.FromDateTimeOffset(at) : null,
            Reason = run.Reason,
        };
    }
}
