using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Protocol.Requests;

namespace LiveStream.Signalling.Media;

/// <summary>Something that the media of a room wants clients to know.</summary>
internal abstract record MediaEvent;

/// <summary>The subscribe connection of a peer needs the client's answer; the next offer waits for it.</summary>
internal sealed record SubscribeOffered(string PeerId, string Sdp, string? NodeId) : MediaEvent;

/// <summary>A candidate of the server for the publish (0) or subscribe (1) connection.</summary>
internal sealed record ServerCandidate(string PeerId, int Target, CandidateParams Candidate) : MediaEvent;

/// <summary>The peer's media moved to another node; the client builds its connections anew.</summary>
internal sealed record NodeChanged(string PeerId, string NodeId) : MediaEvent;

/// <summary>Who speaks, loudest first.</summary>
internal sealed record SpeakersChanged(IReadOnlyList<SpeakerShape> Speakers) : MediaEvent;

/// <summary>How well peers are connected.</summary>
internal sealed record QualityChanged(IReadOnlyList<QualityShape> Peers) : MediaEvent;

/// <summary>A peer gets other layers than it asked for, or again those.</summary>
internal sealed record LayersChanged(string PeerId, IReadOnlyDictionary<string, TrackLayerShape> Tracks) : MediaEvent;
