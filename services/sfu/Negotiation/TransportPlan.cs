using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Transports;

namespace LiveStream.Sfu.Negotiation;

/// <summary>One outgoing m-line.</summary>
internal sealed record OutgoingMedia(string Mid, SubscriptionFormat Format, uint Ssrc, uint RtxSsrc);

/// <summary>What an offer and the policies agreed on: all that a worker needs to carry the transport.</summary>
/// <param name="RemoteFragment">The client's ICE user fragment; a change means an ICE restart.</param>
/// <param name="Fingerprint">Hash of the certificate that DTLS must show.</param>
/// <param name="Mids">All m-lines of the offer in order, also refused ones.</param>
/// <param name="Publishing">M-lines that the client sends on.</param>
/// <param name="IncomingExtensions">Header extensions on what the client sends.</param>
/// <param name="TransportFeedback">The client wants transport-wide feedback.</param>
/// <param name="Receiving">M-lines that the client receives on.</param>
/// <param name="DataChannel">The m-line of data channels; null without one.</param>
internal sealed record TransportPlan(
    string RemoteFragment,
    DtlsFingerprint Fingerprint,
    IReadOnlyList<string> Mids,
    IReadOnlyList<PublishFormat> Publishing,
    IncomingExtensions IncomingExtensions,
    bool TransportFeedback,
    IReadOnlyList<OutgoingMedia> Receiving,
    DataChannelMedia? DataChannel = null);

/// <summary>What this node tells of itself in every answer.</summary>
/// <param name="NodeId">Name of the node.</param>
/// <param name="FingerprintText">SHA-256 of the DTLS certificate, pairs of hex digits with colons.</param>
/// <param name="Candidates">Values of <c>a=candidate</c> lines.</param>
internal sealed record LocalDescription(string NodeId, string FingerprintText, IReadOnlyList<string> Candidates);
