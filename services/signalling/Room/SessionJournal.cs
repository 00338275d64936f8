using System.Threading.Channels;

using Google.Protobuf.WellKnownTypes;

using LiveStream.Contracts;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Room.State;

using Microsoft.Extensions.Logging;

namespace LiveStream.Signalling.Room;

/// <summary>
/// Tells rooms what happens in the sessions of one room, in order and outside of the room's loop. While rooms is away the
/// reports wait, up to a bound; what rooms refuses for good is logged and passed over.
/// </summary>
internal sealed class SessionJournal(RoomKey key, ILiveRooms rooms, string leaseId, TimeSpan timeout, TimeProvider time, ILogger logger)
{
    // Two reports for each peer of a large room.
    private const int QueueLength = 50_000;

    // What a client says of itself is up to 16 KB, and it may say it again and again.
    private const long MaxWaitingBytes = 64 << 20;

    // With a second between, about as long as an outage that nobody should notice.
    private const int MaxTries = 600;

    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly Channel<SessionReport> _reports = Channel.CreateBounded<SessionReport>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private long _waitingBytes;
    private Task _running = Task.CompletedTask;
    private volatile bool _abandoned;
    private volatile bool _complete;

    /// <summary>Queues what the record of sessions is interested in.</summary>
    public void Add(RoomHappening happening)
    {
        if (_abandoned) return;
        var report = ReportOf(happening);
        if (Interlocked.Add(ref _waitingBytes, report.CalculateSize()) <= MaxWaitingBytes && _reports.Writer.TryWrite(report)) return;
        Interlocked.Add(ref _waitingBytes, -report.CalculateSize());
        logger.ReportLost(report.SessionId, key.RoomId, _complete ? "the process ends" : "too many reports wait");
    }

    /// <summary>Nothing more is added; <see cref="RunAsync"/> ends with what is queued.</summary>
    public void Complete()
    {
        _complete = true;
        _reports.Writer.TryComplete();
    }

    /// <summary>What is queued is not told any more.</summary>
    public void Abandon()
    {
        _abandoned = true;
        Complete();
    }

    /// <summary>Nothing more is added; done when what is queued was told.</summary>
    public Task DrainAsync()
    {
        Complete();
        return _running;
    }

    /// <summary>Sends reports until <see cref="Complete"/>.</summary>
    public Task RunAsync() => _running = SendAllAsync();

    private async Task SendAllAsync()
    {
        await foreach (var report in _reports.Reader.ReadAllAsync())
        {
            if (!_abandoned) await SendAsync(report);
            Interlocked.Add(ref _waitingBytes, -report.CalculateSize());
        }
    }

    private async Task SendAsync(SessionReport report)
    {
        for (var tries = 1; !_abandoned; tries++)
        {
            using var limit = new CancellationTokenSource(timeout, time);
            try
            {
                await rooms.ReportSessionAsync(report, limit.Token);
                return;
            }
            catch (ControlException e) when (e.Error is ControlError.NotFound or ControlError.InvalidArgument or ControlError.FailedPrecondition || tries == MaxTries)
            {
                logger.ReportLost(report.SessionId, key.RoomId, e.Message);
                return;
            }
            catch (ControlException e)
            {
                logger.ReportFailed(report.SessionId, e.Error, e.Message);
            }
            // The outermost guard of the journal: a database that is away throws what it likes.
            catch (Exception e) when (tries < MaxTries)
            {
                logger.ReportFailed(report.SessionId, ControlError.Internal, e.Message);
            }
            catch (Exception e)
            {
                logger.ReportLost(report.SessionId, key.RoomId, e.Message);
                return;
            }

            await Task.Delay(s_retry, time);
        }
    }

    private SessionReport ReportOf(RoomHappening happening) => happening switch
    {
        SessionBegan began => Report(began.SessionId, began.At, report => report.Began = new SessionBegun()),
        SessionOver over => Report(over.SessionId, over.At, report => report.Ended = new SessionEnded()),
        PeerEntered entered => Report(entered.SessionId, entered.At, report => report.PeerJoined = Joined(entered)),
        RoleChanged changed => Report(changed.SessionId, changed.At, report => report.PeerChanged = Changed(changed)),
        PeerGone gone => Report(gone.SessionId, gone.At, report => report.PeerLeft = Left(gone)),
        SessionEndedByRequest ended => Report(ended.SessionId, ended.At, report => report.RoomEnded = EndOf(ended)),
        PeerRenamed renamed => Report(renamed.SessionId, renamed.At, report => report.PeerChanged = PeerOf(renamed.Peer)),
        EntryRefused refused => Report(refused.SessionId, refused.At, report => report.JoinRefused = RefusalOf(refused)),
        DepartureRefused refused => Report(refused.SessionId, refused.At, report => report.LeaveRefused = RefusalOf(refused)),
        RoleRefused refused => Report(refused.Session.Id, refused.At, report => report.RoleChangeRefused = RefusalOf(refused)),
        _ => throw new ArgumentException($"{happening.GetType()} is not in the record of sessions.", nameof(happening)),
    };

    private SessionReport Report(string sessionId, DateTimeOffset at, Action<SessionReport> say)
    {
        var report = new SessionReport { CustomerId = key.CustomerId, RoomId = key.RoomId, SessionId = sessionId, At = Timestamp.FromDateTimeOffset(at), LeaseId = leaseId };
        say(report);
        return report;
    }

    private static ReportedPeer PeerOf(PeerInfo peer) =>
        new() { PeerId = peer.PeerId, Name = peer.Info.Name, Role = peer.Role, UserId = peer.Info.UserId, Metadata = peer.Info.Data };

    private static ReportedPeer Joined(PeerEntered entered)
    {
        var peer = PeerOf(entered.Peer);
        peer.TokenHash = entered.TokenHash;
        return peer;
    }

    private static ReportedPeer Changed(RoleChanged changed)
    {
        var peer = PeerOf(changed.Peer);
        (peer.PreviousRole, peer.RequestedBy) = (changed.From, changed.RequestedBy ?? "");
        return peer;
    }

    private static ReportedPeer Left(PeerGone gone)
    {
        var peer = PeerOf(gone.Peer);
        (peer.LeaveReason, peer.LeaveMessage) = (gone.Cause switch
        {
            LeaveCause.Left => LeaveReason.ClientRequest,
            LeaveCause.Lost => LeaveReason.ConnectionLost,
            LeaveCause.Removed => LeaveReason.Removed,
            LeaveCause.RoomEnded => LeaveReason.RoomEnded,
            _ => LeaveReason.Unspecified,
        }, gone.Message);
        return peer;
    }

    private static RoomEnd EndOf(SessionEndedByRequest ended)
    {
        var end = new RoomEnd { Locked = ended.Locked, Reason = ended.Reason };
        if (ended.By is not null) end.Peer = PeerOf(ended.By);
        return end;
    }

    private static JoinRefused RefusalOf(EntryRefused refused) => new()
    {
        PeerId = refused.Peer.PeerId,
        Name = refused.Peer.Info.Name,
        Metadata = refused.Peer.Info.Data,
        Role = refused.Peer.Role,
        UserId = refused.Peer.Info.UserId,
        Reason = refused.Reason,
    };

    private static LeaveRefused RefusalOf(DepartureRefused refused) => new()
    {
        PeerId = refused.Peer.PeerId,
        Name = refused.Peer.Info.Name,
        Metadata = refused.Peer.Info.Data,
        Role = refused.Peer.Role,
        UserId = refused.Peer.Info.UserId,
        Reason = refused.Reason,
    };

    private static RoleChangeRefused RefusalOf(RoleRefused refused) => new()
    {
        PeerId = refused.Peer.PeerId,
        Name = refused.Peer.Info.Name,
        Metadata = refused.Peer.Info.Data,
        Role = refused.Peer.Role,
        UserId = refused.Peer.Info.UserId,
        WantedRole = refused.Wanted,
        JoinedAt = Timestamp.FromDateTimeOffset(refused.JoinedAt),
        SessionBeganAt = Timestamp.FromDateTimeOffset(refused.Session.BeganAt),
        RequestedBy = refused.RequestedBy ?? "",
        Reason = refused.Reason,
    };
}
