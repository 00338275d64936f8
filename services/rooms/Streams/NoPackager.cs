using System.Runtime.CompilerServices;

using LiveStream.Contracts;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;

namespace LiveStream.Rooms.Streams;

/// <summary>Stands where no packager is installed: nothing can be started and nothing is live.</summary>
internal sealed class NoPackager : IPackagerControl
{
    public Task<StartStreamReply> StartStreamAsync(StartStreamRequest request, CancellationToken cancellationToken) =>
        Task.FromException<StartStreamReply>(new ControlException(ControlError.Unavailable, "no packager is installed"));

    public Task<StopStreamReply> StopStreamAsync(StopStreamRequest request, CancellationToken cancellationToken) =>
        Task.FromException<StopStreamReply>(new ControlException(ControlError.NotFound, "no packager is installed"));

    public Task<InsertTimedMetadataReply> InsertTimedMetadataAsync(InsertTimedMetadataRequest request, CancellationToken cancellationToken) =>
        Task.FromException<InsertTimedMetadataReply>(new ControlException(ControlError.NotFound, "no packager is installed"));

    public Task<SetRecordingPausedReply> SetRecordingPausedAsync(SetRecordingPausedRequest request, CancellationToken cancellationToken) =>
        Task.FromException<SetRecordingPausedReply>(new ControlException(ControlError.NotFound, "no packager is installed"));

    public async IAsyncEnumerable<StreamChanged> WatchStreamsAsync(
        WatchStreamsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        yield break;
    }
}
