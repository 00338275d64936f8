using LiveStream.Contracts.Rooms.V1;

namespace LiveStream.Contracts.Rooms;

/// <summary>The <c>Recordings</c> service of <c>Protos/recordings.proto</c> as the recording service sees it.</summary>
public interface IRecordings
{
    /// <summary>
    /// Writes what was made of a live stream, ends the stream and announces it. A second report changes nothing. Fails with
    /// <see cref="ControlException"/>: NotFound (no such stream), InvalidArgument.
    /// </summary>
    Task<RecordingReportReply> ReportRecordingAsync(RecordingReport request, CancellationToken cancellationToken);
}
