using LiveStream.Contracts;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Requests;

namespace LiveStream.Signalling.Media;

/// <summary>Whose media it is, with the role of this moment.</summary>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="PeerId">Chosen by the client.</param>
/// <param name="Role">What may be published and whose tracks are received.</param>
internal sealed record MediaPeer(string RoomId, string PeerId, RolePolicy Role);

/// <summary>An answer to a client's offer.</summary>
/// <param name="Sdp">Answers exactly that offer (RFC 8829).</param>
/// <param name="NodeId">The media node; null where clients need not know.</param>
internal sealed record MediaAnswer(string Sdp, string? NodeId);

/// <summary>
/// The media of a room's peers: for each a publish connection that the client offers, and a subscribe connection that the
/// server offers. Calls for one peer come one after another, in the client's order. Every method fails with
/// <see cref="ControlException"/> only.
/// </summary>
internal interface IPeerMedia
{
    /// <summary>
    /// Begins to tell of a room's media, before the first call about one of its peers, until disposed.
    /// <paramref name="report"/> takes events from any thread, does not block, and is false when the room takes no more.
    /// </summary>
    IDisposable OpenRoom(string roomId, Func<MediaEvent, bool> report);

    /// <summary>
    /// Answers an offer of the publish connection: the first one of a peer, with <c>join</c> or later, makes both
    /// connections.
    /// </summary>
    /// <param name="peer">Who offers.</param>
    /// <param name="offerSdp">Starts with <c>v=0</c>; anything may follow.</param>
    /// <param name="tracks">All tracks that the client says it publishes, by id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<MediaAnswer> OfferAsync(
        MediaPeer peer, string offerSdp, IReadOnlyDictionary<string, TrackInfo> tracks, CancellationToken cancellationToken);

    /// <summary>The client's answer to the newest <see cref="SubscribeOffered"/>.</summary>
    Task AnswerAsync(MediaPeer peer, string answerSdp, CancellationToken cancellationToken);

    /// <summary>A candidate of the client for the publish (0) or subscribe (1) connection.</summary>
    Task TrickleAsync(MediaPeer peer, int target, CandidateParams candidate, CancellationToken cancellationToken);

    /// <summary>
    /// The peer has another role: what it may no longer publish stops, and it receives the tracks of other roles. Does
    /// nothing for a peer without media.
    /// </summary>
    Task ChangeRoleAsync(MediaPeer peer, CancellationToken cancellationToken);

    /// <summary>The peer's socket was replaced: an unanswered offer is made again.</summary>
    Task ResumeAsync(MediaPeer peer, CancellationToken cancellationToken);

    /// <summary>The peer's connections were made by another process, and cannot be used from here: it is told so when it offers.</summary>
    Task ExpectAsync(MediaPeer peer, CancellationToken cancellationToken);

    /// <summary>The peer is gone; closing one without media does nothing.</summary>
    Task CloseAsync(string roomId, string peerId, string reason, CancellationToken cancellationToken);
}
