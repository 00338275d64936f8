using LiveStream.Contracts.Packager.V1;

namespace LiveStream.Contracts.Packager;

/// <summary>The <c>PackagerControl</c> service of <c>Protos/packager_control.proto</c> as rooms sees it.</summary>
public interface IPackagerControl
{
    /// <summary>Accepts a live stream and returns at once; its progress comes by <see cref="WatchStreamsAsync"/>.</summary>
    Task<StartStreamReply> StartStreamAsync(StartStreamRequest request, CancellationToken cancellationToken);

    /// <summary>Ends a live stream with <c>EXT-X-ENDLIST</c>; stopping an unknown one fails with NotFound.</summary>
    Task<StopStreamReply> StopStreamAsync(StopStreamRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Puts a payload into a running stream's playlists, beginning now. Fails with NotFound (no such stream), FailedPrecondition
    /// (nothing to play yet, or over), InvalidArgument, or ResourceExhausted (too many in the playlist).
    /// </summary>
    Task<InsertTimedMetadataReply> InsertTimedMetadataAsync(InsertTimedMetadataRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Leaves out what follows in a stream's recording, or takes it in again; a second call of the same changes nothing. Fails
    /// with NotFound (no such stream) or FailedPrecondition (it is not recorded).
    /// </summary>
    Task<SetRecordingPausedReply> SetRecordingPausedAsync(SetRecordingPausedRequest request, CancellationToken cancellationToken);

    /// <summary>The state of every stream, then a message without a stream, then every change, until cancelled.</summary>
    IAsyncEnumerable<StreamChanged> WatchStreamsAsync(WatchStreamsRequest request, CancellationToken cancellationToken);
}
