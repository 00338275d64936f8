using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Media;
using LiveStream.Signalling.Protocol;

namespace LiveStream.Signalling.Room.State;

/// <summary>
/// People who were in the room when another process had it. A client comes back without joining anew, and here it finds what the
/// record of sessions has: its name and its role. Whoever stays away was never here.
/// </summary>
internal sealed partial class RoomState
{
    private readonly Dictionary<string, ReportedPeer> _left = new(StringComparer.Ordinal);
    private DateTimeOffset _leftUntil;

    private void TakeOver(PeopleLeft left)
    {
        foreach (var person in left.People) _left[person.PeerId] = person;
        _leftUntil = Now + limits.ReconnectGrace;
    }

    // False for somebody who was not in the room.
    private bool TryComeBack(long socket, PeerIdentity identity)
    {
        ForgetLeft();
        if (!_left.TryGetValue(identity.PeerId, out var person) || rules.Find(person.Role) is not { } role || Peers.All.Count >= limits.MaxPeers) return false;
        if (person.TokenHash != identity.TokenHash)
        {
            Reject(socket, new(ErrorCode.Conflict, DuplicatePeerId));
            return true;
        }

        _left.Remove(identity.PeerId);
        var peer = Peers.Add(identity with { Role = person.Role });
        peer.Describe(person.Name, data: null);
        // Which keys those were, the client does not say again.
        peer.ListensToAll = true;
        Emit(new PeerKnown(peer.Identity));
        Enter(peer);
        if (role.Publish.Count > 0 || role.SubscribeToRoles.Count > 0) Emit(new ExpectMedia(new MediaPeer(rules.RoomId, peer.Id, role)));
        Resume(peer, socket);
        TellJoined(peer);
        TellCounts(peer);
        return true;
    }

    private void ForgetLeft()
    {
        if (_left.Count > 0 && Now >= _leftUntil) _left.Clear();
    }
}
