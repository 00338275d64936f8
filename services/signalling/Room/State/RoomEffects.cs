using LiveStream.Signalling.Media;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Requests;

namespace LiveStream.Signalling.Room.State;

/// <summary>What the room wants done, in this order.</summary>
internal abstract record RoomEffect;

/// <summary>One message to sockets; those that are gone by now are skipped.</summary>
internal sealed record Send(IReadOnlyList<long> Sockets, ServerMessage Message) : RoomEffect;

/// <summary>Messages one after another: each receiver is given them from one on, which is the first that it does not know.</summary>
internal sealed record SendRun(IReadOnlyList<ServerMessage> Messages, IReadOnlyList<(long Socket, int First)> Receivers) : RoomEffect;

/// <summary>Ends a socket after what was sent to it. The code is one of RFC 6455 §7.4.</summary>
internal sealed record CloseSocket(long Socket, int Code, string Reason) : RoomEffect;

/// <summary>A peer is here: its token stands for it, also when it has expired meanwhile.</summary>
internal sealed record PeerKnown(PeerIdentity Identity) : RoomEffect;

/// <summary>A peer is gone for good: its token no longer stands for it.</summary>
internal sealed record PeerForgotten(PeerIdentity Identity) : RoomEffect;

/// <summary>Something that another service does. With a ticket, a <see cref="CommandFinished"/> follows.</summary>
internal abstract record RoomCommand(long Ticket) : RoomEffect;

/// <summary>Commands about one peer's media are done one after another.</summary>
internal abstract record MediaCommand(long Ticket, string PeerId) : RoomCommand(Ticket);

/// <summary>Result: <see cref="MediaAnswer"/>.</summary>
internal sealed record OfferMedia(long Ticket, MediaPeer Peer, string Sdp, IReadOnlyDictionary<string, TrackInfo> Tracks)
    : MediaCommand(Ticket, Peer.PeerId);

internal sealed record AnswerMedia(long Ticket, MediaPeer Peer, string Sdp) : MediaCommand(Ticket, Peer.PeerId);

internal sealed record TrickleMedia(long Ticket, MediaPeer Peer, int Target, CandidateParams Candidate) : MediaCommand(Ticket, Peer.PeerId);

internal sealed record ChangeMediaRole(MediaPeer Peer) : MediaCommand(0, Peer.PeerId);

internal sealed record ResumeMedia(MediaPeer Peer) : MediaCommand(0, Peer.PeerId);

/// <summary>It has media that another process made for it.</summary>
internal sealed record ExpectMedia(MediaPeer Peer) : MediaCommand(0, Peer.PeerId);

internal sealed record CloseMedia(string PeerId, string Reason) : MediaCommand(0, PeerId);

/// <summary>Starts the room's HLS stream; what is null is the template's business.</summary>
internal sealed record StartStream(long Ticket, string PeerId, string MeetingUrl, bool? HlsVod, bool? SingleFilePerLayer) : RoomCommand(Ticket);

internal sealed record StopStreams(long Ticket, string PeerId, bool RoomEnded = false) : RoomCommand(Ticket);

/// <summary>Shows payloads to the viewers of the room's HLS stream.</summary>
internal sealed record InsertMetadata(long Ticket, IReadOnlyList<(string Payload, uint Seconds)> Payloads) : RoomCommand(Ticket);

/// <summary>Ends the room's WHIP and WHEP sessions, whose people are no peers.</summary>
internal sealed record CloseSessions(string Reason) : RoomCommand(0);

/// <summary>Nobody may join any more.</summary>
internal sealed record LockRoom() : RoomCommand(0);

/// <summary>Something that others want to know, in the order it happened.</summary>
internal abstract record RoomHappening : RoomEffect;

/// <summary>The first peer has joined.</summary>
internal sealed record SessionBegan(string SessionId, DateTimeOffset At) : RoomHappening;

/// <summary>A peer has joined.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Peer">As it is now.</param>
/// <param name="At">When.</param>
/// <param name="TokenHash">Of the token that it came with.</param>
internal sealed record PeerEntered(string SessionId, PeerInfo Peer, DateTimeOffset At, string TokenHash) : RoomHappening;

/// <summary>A joined peer is gone.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Peer">As it was last.</param>
/// <param name="JoinedAt">When it came.</param>
/// <param name="At">When it went.</param>
/// <param name="Cause">Which way.</param>
/// <param name="Message">What whoever removed it said; may be empty.</param>
internal sealed record PeerGone(string SessionId, PeerInfo Peer, DateTimeOffset JoinedAt, DateTimeOffset At, LeaveCause Cause, string Message) : RoomHappening;

/// <summary>A peer has another role.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Peer">With the new role.</param>
/// <param name="From">The role before.</param>
/// <param name="RequestedBy">Peer; null for a server.</param>
/// <param name="At">When.</param>
internal sealed record RoleChanged(string SessionId, PeerInfo Peer, string From, string? RequestedBy, DateTimeOffset At) : RoomHappening;

/// <summary>Somebody ended the session for everybody; what follows from it happens next.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="By">Who; null for a server.</param>
/// <param name="Reason">What was said; may be empty.</param>
/// <param name="Locked">Nobody may join any more.</param>
/// <param name="At">When.</param>
internal sealed record SessionEndedByRequest(string SessionId, PeerInfo? By, string Reason, bool Locked, DateTimeOffset At) : RoomHappening;

/// <summary>A joined peer has another name.</summary>
internal sealed record PeerRenamed(string SessionId, PeerInfo Peer, DateTimeOffset At) : RoomHappening;

/// <summary>A peer with a good token may not join.</summary>
/// <param name="SessionId">The session that goes on without it; empty for none.</param>
/// <param name="Peer">As it described itself, which it may not have done yet.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why, as a customer's server is told.</param>
internal sealed record EntryRefused(string SessionId, PeerInfo Peer, DateTimeOffset At, string Reason) : RoomHappening;

/// <summary>A peer says that it leaves, and has not joined.</summary>
/// <param name="SessionId">The session that goes on without it; empty for none.</param>
/// <param name="Peer">As it described itself, which it may not have done yet.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why that is no leaving, as a customer's server is told.</param>
internal sealed record DepartureRefused(string SessionId, PeerInfo Peer, DateTimeOffset At, string Reason) : RoomHappening;

/// <summary>A joined peer was to get another role, and keeps its own.</summary>
/// <param name="Session">Id and beginning of the session.</param>
/// <param name="Peer">With the role that it keeps.</param>
/// <param name="Wanted">The role that it did not get.</param>
/// <param name="JoinedAt">When the peer came.</param>
/// <param name="RequestedBy">Peer; null for a server.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why.</param>
internal sealed record RoleRefused(
    (string Id, DateTimeOffset BeganAt) Session, PeerInfo Peer, string Wanted, DateTimeOffset JoinedAt, string? RequestedBy, DateTimeOffset At, string Reason)
    : RoomHappening;

/// <summary>The last peer has left, or the room was ended.</summary>
internal sealed record SessionOver(string SessionId, DateTimeOffset BeganAt, DateTimeOffset At) : RoomHappening;

/// <summary>How a peer went.</summary>
internal enum LeaveCause
{
    Unspecified,
    /// <summary>It said so, or closed its socket properly.</summary>
    Left,
    /// <summary>Its socket was lost and did not come back.</summary>
    Lost,
    /// <summary>Another peer removed it.</summary>
    Removed,
    /// <summary>The room was ended.</summary>
    RoomEnded,
}
