using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Room.Methods;

namespace LiveStream.Signalling.Room.State;

/// <summary>
/// One room: who is in it, and what they share. A state machine without I/O, clock or chance: facts and the time go in,
/// effects come out. Not safe for concurrent use; <see cref="RoomSession"/> feeds it from one queue.
/// </summary>
/// <param name="rules">The template's roles and the room's limits.</param>
/// <param name="limits">The server's limits.</param>
/// <param name="newId">Gives ids and tokens that nobody can guess.</param>
/// <param name="newSessionId">Gives ids of sessions that begin at a time, which sort by it.</param>
/// <param name="previews">Previews that were lost, of all rooms.</param>
internal sealed partial class RoomState(RoomRules rules, RoomLimits limits, Func<string> newId, Func<DateTimeOffset, string> newSessionId, LostPreviews previews)
{
    // A tick, which is about a second.
    private const int MaxRefusalsTold = 10;

    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(5);

    private readonly Dictionary<long, Action<CommandFinished>> _pending = [];
    private readonly List<(long Socket, DateTimeOffset Due, string Reason)> _farewells = [];
    private List<RoomEffect> _effects = [];
    private List<RoomStream> _heldReports = [];
    private int _streamRequests;
    private int _refusalsTold;
    private long _tickets;
    private bool _countsChanged;
    private bool _previewsOutdated;

    public RoomRules Rules => rules;

    public RoomLimits Limits => limits;

    public PeerTable Peers { get; } = new();

    public SessionStore Store { get; } = new();

    public Invites Invites { get; } = new(limits.InviteLifetime);

    public LiveStreamView Stream { get; } = new();

    public HlsRecordingView HlsRecording { get; } = new();

    /// <summary>Nobody may join until everybody is gone.</summary>
    public bool Locked { get; private set; }

    /// <summary>From the first peer that joined to the last one that left; null between.</summary>
    public (string Id, DateTimeOffset BeganAt)? Session { get; private set; }

    /// <summary>When the fact at hand happened.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Whether the peer comes back to a preview that it lost a moment ago.</summary>
    public bool WasPreview(Peer peer) => previews.Has(peer.Identity, Now);

    /// <summary>Nothing is left to wait for: the room may be forgotten.</summary>
    public bool IsIdle => Peers.All.Count == 0 && _farewells.Count == 0 && _pending.Count == 0;

    /// <summary>Reacts to a fact. The effects are the caller's.</summary>
    public IReadOnlyList<RoomEffect> Apply(RoomFact fact, DateTimeOffset now)
    {
        Now = now;
        _effects = [];
        switch (fact)
        {
            case SocketOpened opened: Open(opened); break;
            case PeopleLeft left: TakeOver(left); break;
            case MessageReceived received: Receive(received); break;
            case SocketClosed closed: Close(closed); break;
            case ClockTicked: Tick(); break;
            case StreamReported reported: StreamMethods.Report(this, reported.Stream); break;
            case MediaReported reported: MediaMethods.Report(this, reported.Event); break;
            case ServerAsked asked: asked.Act(this); break;
            case CommandFinished finished:
                if (_pending.Remove(finished.Ticket, out var then)) then(finished);
                break;
            default: throw new ArgumentException($"{fact.GetType()} is no fact of a room.", nameof(fact));
        }

        return _effects;
    }

    public string NewId() => newId();

    /// <summary>
    /// Tells of something that was refused, unless too much was within the second: whoever asks in vain again and again is no
    /// news to a customer's server.
    /// </summary>
    public void TellRefusal(RoomHappening refusal)
    {
        if (++_refusalsTold <= MaxRefusalsTold) Emit(refusal);
    }

    public void Emit(RoomEffect effect) => _effects.Add(effect);

    /// <summary>Emits a command that carries a ticket; <paramref name="then"/> runs when it is done or failed.</summary>
    public void Emit(Func<long, RoomCommand> command, Action<CommandFinished> then)
    {
        var ticket = ++_tickets;
        _pending.Add(ticket, then);
        Emit(command(ticket));
    }

    public void SendTo(Peer peer, ServerMessage message)
    {
        if (!MayOvertakePresence(message)) ReleasePresence();
        if (peer.Socket is { } socket) Emit(new Send([socket], message));
    }

    public void SendTo(IEnumerable<Peer> peers, ServerMessage message)
    {
        ReleasePresence();
        var sockets = peers.Where(peer => peer.Socket is not null).Select(peer => peer.Socket!.Value).ToArray();
        if (sockets.Length > 0) Emit(new Send(sockets, message));
    }

    /// <summary>To everybody who has joined, but for one.</summary>
    public void SendToOthers(Peer but, ServerMessage message) => SendTo(Peers.Joined.Where(peer => peer != but), message);

    public void SendToJoined(ServerMessage message) => SendTo(Peers.Joined, message);

    /// <summary>Everybody with a socket, joined or not.</summary>
    public void SendToAll(ServerMessage message) => SendTo(Peers.All, message);

    /// <summary>Reports of the live stream wait from now on, until every request about it is answered.</summary>
    public void HoldStreamReports() => _streamRequests++;

    /// <summary>Takes a report that has to wait; false when there is nothing to wait for.</summary>
    public bool HoldStreamReport(RoomStream stream)
    {
        if (_streamRequests == 0) return false;
        _heldReports.Add(stream);
        return true;
    }

    /// <summary>A request is answered; the reports that waited for the last one.</summary>
    public IReadOnlyList<RoomStream> ReleaseStreamReports()
    {
        if (--_streamRequests > 0) return [];
        var released = _heldReports;
        _heldReports = [];
        return released;
    }

    /// <summary>What runs in the room.</summary>
    public RoomShape Describe()
    {
        var hls = Stream.Current;
        return new RoomShape(
            rules.Policy.Name,
            Session?.Id ?? "",
            Session?.BeganAt.ToUnixTimeMilliseconds() ?? 0,
            new RecordingShape(RunShape.None, RunShape.None, HlsRecording.Current),
            new StreamingShape(hls.Enabled, RunShape.None, hls));
    }

    /// <summary>Who else is here and what runs, for a peer that joins or comes back.</summary>
    public void SendPeerListTo(Peer peer)
    {
        // Without itself: a client that comes back would take its own tracks for those of somebody else.
        var others = Peers.Shown.Where(other => other != peer).ToDictionary(other => other.Id, other => other.Entry, StringComparer.Ordinal);
        // Who is in the list is no news.
        peer.NextNotice = NextNotice;
        SendTo(peer, new PeerList(others, Describe()));
    }

    /// <summary>Tells one peer the counts.</summary>
    public void SendCountsTo(Peer peer) => SendTo(peer, Counts());

    /// <summary>
    /// The counts have changed: told at once in a small room, with the next tick in a large one; to who has just come at once.
    /// </summary>
    public void TellCounts(Peer? newcomer = null)
    {
        _previewsOutdated = true;
        if (Peers.JoinedCount > limits.PromptCountsUpTo)
        {
            _countsChanged = true;
            if (newcomer is not null) SendCountsTo(newcomer);
            return;
        }

        _countsChanged = false;
        SendToJoined(Counts());
    }

    private SessionInfo Counts() => new(Session?.Id ?? "", rules.RoomId, Peers.JoinedCount, Peers.TrackCount);

    private void Receive(MessageReceived received)
    {
        var (socket, message) = received;
        if (!Peers.TryFindSocket(socket, out var peer))
        {
            // Removed a moment ago, or replaced by a newer socket. Its client may still be talking.
            if (message.Id is { } id) Emit(new Send([socket], new ErrorMessage(id, new(ErrorCode.Gone, "no longer in the room"))));
            return;
        }

        var call = new Call(this, peer, socket, message.Id);
        if (message.Method.Stage == MethodStage.Joined && !peer.IsJoined) MethodTable.RefuseStranger(call, message.Method);
        else message.Method.Invoke(call, message.Params);
    }
}
