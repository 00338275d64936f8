using LiveStream.Contracts.Sfu.V1;

namespace LiveStream.Contracts.Sfu;

/// <summary>
/// The <c>SfuControl</c> service of <c>Protos/sfu_control.proto</c> as its callers see it, in process or over gRPC.
/// Every method fails with <see cref="ControlException"/> and no other exception of its own.
/// </summary>
public interface ISfuControl
{
    /// <summary>Answers an SDP offer and starts waiting for the client's ICE checks.</summary>
    Task<OpenTransportReply> OpenTransportAsync(OpenTransportRequest request, CancellationToken cancellationToken);

    /// <summary>Applies a further offer of the same client (renegotiation or ICE restart).</summary>
    Task<UpdateTransportReply> UpdateTransportAsync(UpdateTransportRequest request, CancellationToken cancellationToken);

    /// <summary>Ends a transport and its tracks; closing an unknown one succeeds.</summary>
    Task<CloseTransportReply> CloseTransportAsync(CloseTransportRequest request, CancellationToken cancellationToken);

    /// <summary>Opens a transport that only sends, and for which the node offers.</summary>
    Task<OpenSubscriberReply> OpenSubscriberAsync(OpenSubscriberRequest request, CancellationToken cancellationToken);

    /// <summary>The next offer to that client; empty when it has all that it is to have.</summary>
    Task<MakeOfferReply> MakeOfferAsync(MakeOfferRequest request, CancellationToken cancellationToken);

    /// <summary>Takes the client's answer to the newest offer.</summary>
    Task<TakeAnswerReply> TakeAnswerAsync(TakeAnswerRequest request, CancellationToken cancellationToken);

    /// <summary>Applies another role's rights to an open transport.</summary>
    Task<ChangePolicyReply> ChangePolicyAsync(ChangePolicyRequest request, CancellationToken cancellationToken);

    /// <summary>Asks the publisher for a key frame (throttled per layer).</summary>
    Task<RequestKeyFrameReply> RequestKeyFrameAsync(RequestKeyFrameRequest request, CancellationToken cancellationToken);

    /// <summary>Starts sending the room's tracks to a packager over TCP (RFC 4571 framing).</summary>
    Task<StartExportReply> StartExportAsync(StartExportRequest request, CancellationToken cancellationToken);

    /// <summary>Ends an export; ending an unknown one succeeds.</summary>
    Task<StopExportReply> StopExportAsync(StopExportRequest request, CancellationToken cancellationToken);

    /// <summary>The room's transports and tracks now, an event without content, then every change, until cancelled.</summary>
    IAsyncEnumerable<RoomEvent> WatchRoomAsync(WatchRoomRequest request, CancellationToken cancellationToken);

    /// <summary>Counters of the node.</summary>
    Task<NodeStats> GetNodeStatsAsync(GetNodeStatsRequest request, CancellationToken cancellationToken);
}
