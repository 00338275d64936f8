using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Protocol.Requests;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>What others know of a peer's tracks, and requests to mute them.</summary>
internal static class TrackMethods
{
    /// <summary>Tracks of the sender changed: muted, unmuted, described anew. Others than its own are not touched.</summary>
    public static void Update(Call call, TrackUpdateParams update)
    {
        if (Check(call, update.Tracks) is { } error)
        {
            call.Refuse(error);
            return;
        }

        var peer = call.Peer;
        var changed = new Dictionary<string, TrackInfo>(StringComparer.Ordinal);
        foreach (var (id, given) in update.Tracks ?? [])
        {
            if (peer.PendingOffers > 0 && (peer.SaidMeanwhile.Count < 2 * ProtocolLimits.MaxTracks || peer.SaidMeanwhile.ContainsKey(id)))
                peer.SaidMeanwhile[id] = (given!.Mute, given.Description ?? "", peer.Offers);
            // Only what may change: a track keeps its kind, source and stream as long as it is published.
            if (!peer.Tracks.TryGetValue(id, out var known)) continue;
            var now = known with { Mute = given!.Mute, Description = given.Description ?? "" };
            if (now != known) changed.Add(id, now);
        }

        call.Answer();
        if (changed.Count == 0) return;
        var tracks = new Dictionary<string, TrackInfo>(peer.Tracks, StringComparer.Ordinal);
        foreach (var (id, track) in changed) tracks[id] = track;
        call.Room.Peers.SetTracks(peer, tracks);
        call.Room.SendToOthers(peer, new OnTrackUpdate(changed, peer.Info));
    }

    public static void RequestMute(Call call, TrackUpdateRequestParams request)
    {
        var may = request.Mute ? call.Permissions.Mute : call.Permissions.Unmute;
        if (!call.Requires(may, request.Mute ? "mute others" : "unmute others")) return;
        var target = call.Room.Peers.FindJoined(request.RequestedFor);
        if (target is null || request.TrackId is null || !target.Tracks.TryGetValue(request.TrackId, out var track))
        {
            call.Refuse(ErrorCode.NotFound, "track not found");
            return;
        }

        call.Answer();
        call.Room.SendTo(target, new OnTrackUpdateRequest(call.Peer.Id, track.TrackId, track.StreamId, request.Mute));
    }

    public static void RequestMuteOfMany(Call call, MuteStateRequestParams request)
    {
        if (!call.Requires(request.Value ? call.Permissions.Mute : call.Permissions.Unmute, request.Value ? "mute others" : "unmute others")) return;
        if (!Texts.AreNames(request.Roles) || request.Type is not (null or "audio" or "video") || !Texts.Fits(request.Source, ProtocolLimits.MaxNameLength))
        {
            call.Refuse(ErrorCode.BadRequest, "no roles, type or source like that");
            return;
        }

        IEnumerable<Peer> targets;
        if (request.RequestedFor is not null)
        {
            if (call.Room.Peers.FindJoined(request.RequestedFor) is not { } one)
            {
                call.Refuse(ErrorCode.NotFound, "peer not found");
                return;
            }

            targets = [one];
        }
        else
        {
            targets = call.Room.Peers.Joined
                .Where(peer => peer != call.Peer && (request.Roles is not { Count: > 0 } || request.Roles.Contains(peer.Role)));
        }

        call.Answer();
        call.Room.SendTo(targets, new OnMuteStateRequest(call.Peer.Id, request.Roles, request.Type, request.Source, request.Value));
    }

    /// <summary>Why the sender cannot have these tracks; null when it can.</summary>
    public static ProtocolError? Check(Call call, Dictionary<string, TrackInfo?>? tracks)
    {
        if (tracks is null) return null;
        if (tracks.Count > ProtocolLimits.MaxTracks) return new(ErrorCode.BadRequest, $"more than {ProtocolLimits.MaxTracks} tracks");
        foreach (var (id, track) in tracks)
        {
            if (track is null || !Texts.IsEntityId(id) || track.TrackId != id || !Texts.IsEntityId(track.StreamId)
                || track.Type is not ("audio" or "video") || !Texts.IsName(track.Source)
                || !Texts.Fits(track.Description, ProtocolLimits.MaxTextLength))
            {
                return new(ErrorCode.BadRequest, "a track lacks its type, source or ids");
            }

            if (call.Room.Peers.OwnerOf(id) is { } owner && owner != call.Peer) return new(ErrorCode.Conflict, "a track id is that of another peer");
        }

        return null;
    }

    /// <summary>
    /// The tracks that the sender's role may publish. The others are passed over rather than refused: an offer that was
    /// under way when the role changed still has them, and a refused offer ends the client's stay.
    /// </summary>
    public static IReadOnlyDictionary<string, TrackInfo> Permitted(Call call, Dictionary<string, TrackInfo?>? tracks) =>
        (tracks ?? []).Where(pair => call.Room.Rules.MayPublish(call.Peer.Role, pair.Value!))
            .ToDictionary(pair => pair.Key, pair => pair.Value! with { Description = pair.Value.Description ?? "" }, StringComparer.Ordinal);

    /// <summary>The tracks of an offer, with what has been said of them since it was made.</summary>
    public static IReadOnlyDictionary<string, TrackInfo> AsOfNow(Peer peer, IReadOnlyDictionary<string, TrackInfo> tracks, int offer) =>
        peer.SaidMeanwhile.Count == 0 ? tracks : tracks.ToDictionary(
            pair => pair.Key,
            pair => peer.SaidMeanwhile.TryGetValue(pair.Key, out var said) && said.Offer >= offer
                ? pair.Value with { Mute = said.Mute, Description = said.Description } : pair.Value,
            StringComparer.Ordinal);

    /// <summary>All tracks of the sender are these from now on; the others hear of the difference.</summary>
    public static void Replace(Call call, IReadOnlyDictionary<string, TrackInfo> tracks)
    {
        // The role, and who has which id, may have changed while the media made its answer.
        var now = tracks
            .Where(pair => call.Room.Rules.MayPublish(call.Peer.Role, pair.Value) && (call.Room.Peers.OwnerOf(pair.Key) ?? call.Peer) == call.Peer)
            .ToDictionary(StringComparer.Ordinal);
        Replace(call.Room, call.Peer, now);
    }

    /// <summary>Takes away the tracks that the peer's role may not publish.</summary>
    public static void RemoveForbidden(RoomState room, Peer peer) => Replace(
        room, peer, peer.Tracks.Where(pair => room.Rules.MayPublish(peer.Role, pair.Value)).ToDictionary(StringComparer.Ordinal));

    private static void Replace(RoomState room, Peer peer, Dictionary<string, TrackInfo> now)
    {
        var before = peer.Tracks;
        var added = now.Where(pair => !before.ContainsKey(pair.Key)).ToDictionary(StringComparer.Ordinal);
        var removed = before.Where(pair => !now.ContainsKey(pair.Key)).ToDictionary(StringComparer.Ordinal);
        var changed = now.Where(pair => before.TryGetValue(pair.Key, out var old) && old != pair.Value).ToDictionary(StringComparer.Ordinal);
        if (added.Count + removed.Count + changed.Count == 0) return;
        room.Peers.SetTracks(peer, now);
        // Removals are ignored by clients unless they name the peer.
        if (removed.Count > 0) room.SendToOthers(peer, new OnTrackRemove(removed, peer.Info));
        if (added.Count > 0) room.SendToOthers(peer, new OnTrackAdd(added, peer.Info));
        if (changed.Count > 0) room.SendToOthers(peer, new OnTrackUpdate(changed, peer.Info));
        if (added.Count != removed.Count) room.TellCounts();
    }
}
