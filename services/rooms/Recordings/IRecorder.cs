using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Recordings;

/// <summary>
/// Whoever makes composite recordings. It is told after the row is written; it reports through <see cref="RecordingStore"/>.
/// A refusal is a <c>ControlException</c>; NotFound says that it does not know the recording (any more).
/// </summary>
internal interface IRecorder
{
    /// <summary>Fails with <see cref="ApiException"/> where nothing can be recorded at all; called before a row is written.</summary>
    void RequireInstalled();

    Task StartAsync(RecordingRun run, CancellationToken cancellationToken);

    Task StopAsync(RecordingRun run, CancellationToken cancellationToken);

    /// <summary>The recording is paused or resumed, as the row says.</summary>
    Task UpdateAsync(RecordingRun run, CancellationToken cancellationToken);
}

/// <summary>
/// Stands where no recorder is installed: starts are refused with 501, and a recording of an earlier installation is not known.
/// </summary>
internal sealed class NoRecorder : IRecorder
{
    public const string Message = "composite recording is not available on this server";

    public void RequireInstalled() => throw new ApiException(501, Message, "live streams are recorded by their destination's recording settings");

    public Task StartAsync(RecordingRun run, CancellationToken cancellationToken) => Task.FromException(Unknown());

    public Task StopAsync(RecordingRun run, CancellationToken cancellationToken) => Task.FromException(Unknown());

    public Task UpdateAsync(RecordingRun run, CancellationToken cancellationToken) => Task.FromException(Unknown());

    private static Contracts.ControlException Unknown() => new(Contracts.ControlError.NotFound, "no recorder is installed");
}
