using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;

namespace LiveStream.Signalling.Room.State;

/// <summary>
/// How peers hear of each other's coming and going. In a large room these notices wait for the next tick: each peer is written to
/// once for all who came meanwhile, where everybody's coming would else be a write to everybody. A notice is never overtaken
/// by anything that may speak of its peer.
/// </summary>
internal sealed partial class RoomState
{
    // Sockets named by the notices that wait; more would only take memory.
    private const int MostHeldReceivers = 500_000;

    private readonly List<Send> _heldPresence = [];
    private int _heldReceivers;

    /// <summary>Tells the others that a peer came.</summary>
    public void TellJoined(Peer peer) => TellPresence(peer, new OnPeerJoin(peer.Entry));

    private void TellPresence(Peer subject, Notification notice)
    {
        if (Peers.JoinedCount <= limits.PromptCountsUpTo)
        {
            SendToOthers(subject, notice);
            return;
        }

        // Who is here now: a peer that joins later finds it in its list.
        var sockets = Peers.Joined.Where(peer => peer != subject && peer.Socket is not null).Select(peer => peer.Socket!.Value).ToArray();
        _heldPresence.Add(new Send(sockets, notice));
        _heldReceivers += sockets.Length;
        if (_heldReceivers > MostHeldReceivers) ReleasePresence();
    }

    private void ReleasePresence()
    {
        if (_heldPresence.Count == 0) return;
        _effects.AddRange(_heldPresence);
        _heldPresence.Clear();
        _heldReceivers = 0;
    }

    // What says nothing of other peers, or is itself the newest list of them.
    private static bool MayOvertakePresence(ServerMessage message) =>
        message is ReplyMessage or ErrorMessage or PeerList or SessionInfo or RoomInfo or RoomStateInfo or OnPolicyChange
            or SubscribeOffer or Trickle or NodeInfo;
}
