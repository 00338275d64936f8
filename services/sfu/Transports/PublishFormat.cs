using LiveStream.Contracts.Sfu.V1;

namespace LiveStream.Sfu.Transports;

/// <summary>Header extension ids that a publisher's packets carry (RFC 8285); 0 where not negotiated. One map for the bundle.</summary>
internal readonly record struct IncomingExtensions(
    byte Mid, byte Rid, byte RepairedRid, byte TransportSequence, byte AudioLevel);

/// <summary>One m-line that a peer publishes on: the track it makes, and how its packets are told.</summary>
/// <param name="Mid">Media identification (RFC 8843).</param>
/// <param name="Description">The track, layers lowest first.</param>
/// <param name="PayloadType">Payload type of the media.</param>
/// <param name="RtxPayloadType">Payload type of its retransmissions; null without.</param>
/// <param name="SsrcByLayer">SSRCs that the offer names, in layer order; empty where header extensions tell.</param>
/// <param name="RtxSsrcByLayer">Retransmission SSRCs that the offer names.</param>
/// <param name="HasNack">Generic NACK was negotiated.</param>
/// <param name="HasPli">Picture loss indication was negotiated.</param>
/// <param name="HasFir">Full intra request was negotiated.</param>
internal sealed record PublishFormat(
    string Mid,
    Track Description,
    byte PayloadType,
    byte? RtxPayloadType,
    IReadOnlyList<uint> SsrcByLayer,
    IReadOnlyList<uint> RtxSsrcByLayer,
    bool HasNack,
    bool HasPli,
    bool HasFir);
