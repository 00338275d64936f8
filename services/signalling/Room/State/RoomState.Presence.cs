using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;

namespace LiveStream.Signalling.Room.State;

/// <summary>
/// How peers hear of each other. In a room of many, notices of coming and going wait for the next tick: each peer is written to
/// once for all who came meanwhile, where everybody's coming would else be a write to everybody. A notice is never overtaken
/// by anything that may speak of its peer. In a room that was made for many (<c>large_room</c>) clients are told one by one of
/// those only who are of interest to all; they count the others, and look them up by <c>find-peer</c>.
/// </summary>
internal sealed partial class RoomState
{
    /// <summary>The group of who asks to speak, as clients name it.</summary>
    public const string RaisedHand = "_handraise";

    // Notices that wait; more would only take memory.
    private const int MostHeldNotices = 10_000;

    private List<Notification> _heldPresence = [];

    // The number of the first of them.
    private long _firstHeld;

    private long NextNotice => _firstHeld + _heldPresence.Count;

    /// <summary>Tells the others that a peer came.</summary>
    public void TellJoined(Peer peer)
    {
        if (!IsOfInterest(peer)) return;
        Peers.Show(peer, shown: true);
        // It does not hear of itself.
        peer.NextNotice = NextNotice + 1;
        TellPresence(new OnPeerJoin(peer.Entry));
    }

    /// <summary>Tells the others, and where asked the peer itself, that its role, groups, name or metadata are others.</summary>
    public void TellUpdated(Peer peer, bool toItself)
    {
        var before = Peers.IsShown(peer);
        var now = IsOfInterest(peer);
        Peers.Show(peer, now);
        if (toItself) SendTo(peer, new OnPeerUpdate(peer.Entry));
        // An update of a peer that clients do not know adds it; one that says that it is not listed any more removes it.
        if (now) SendToOthers(peer, new OnPeerUpdate(peer.Entry));
        else if (before) SendToOthers(peer, new OnPeerUpdate(peer.Entry with { Realtime = false }));
    }

    /// <summary>In a large room so many hands are raised that no more are taken: everybody hears of each.</summary>
    public bool HasAllHands => rules.Policy.LargeRoom && Peers.Shown.Count(peer => peer.Groups.Contains(RaisedHand)) >= ProtocolLimits.MaxRaisedHands;

    /// <summary>Whether clients are told of the peer: everybody, but in a large room who may publish or has raised a hand.</summary>
    public bool IsOfInterest(Peer peer) => !rules.Policy.LargeRoom || rules.Publishes(peer.Role) || peer.Groups.Contains(RaisedHand);

    private void TellPresence(Notification notice)
    {
        _heldPresence.Add(notice);
        if (Peers.JoinedCount <= limits.PromptCountsUpTo || _heldPresence.Count > MostHeldNotices) ReleasePresence();
    }

    private void ReleasePresence()
    {
        if (_heldPresence.Count == 0) return;
        var (notices, first) = (_heldPresence, _firstHeld);
        _heldPresence = [];
        _firstHeld += notices.Count;
        var receivers = new List<(long Socket, int First)>();
        foreach (var peer in Peers.Joined)
        {
            var known = (int)Math.Max(0, peer.NextNotice - first);
            if (peer.Socket is { } socket && known < notices.Count) receivers.Add((socket, known));
        }

        if (receivers.Count > 0) Emit(new SendRun(notices, receivers));
    }

    // What says nothing of other peers, or is itself the newest list of them.
    private static bool MayOvertakePresence(ServerMessage message) =>
        message is ReplyMessage or ErrorMessage or PeerList or SessionInfo or RoomInfo or RoomStateInfo or OnPolicyChange
            or SubscribeOffer or Trickle or NodeInfo;
}
