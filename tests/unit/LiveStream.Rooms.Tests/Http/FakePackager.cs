using System.Runtime.CompilerServices;
using System.Threading.Channels;

using LiveStream.Contracts;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;

namespace LiveStream.Rooms.Tests.Http;

/// <summary>A packager that remembers what it was asked and reports what the test says.</summary>
internal sealed class FakePackager : IPackagerControl
{
    private readonly Channel<(StreamChanged? Change, TaskCompletionSource Taken)> _reports =
        Channel.CreateUnbounded<(StreamChanged?, TaskCompletionSource)>();

    public List<StartStreamRequest> Started { get; } = [];

    public List<StopStreamRequest> Stopped { get; } = [];

    public List<InsertTimedMetadataRequest> Inserted { get; } = [];

    public List<SetRecordingPausedRequest> Paused { get; } = [];

    /// <summary>What the next calls fail with.</summary>
    public ControlException? StartFailure { get; set; }

    public ControlException? StopFailure { get; set; }

    public ControlException? InsertFailure { get; set; }

    /// <summary>Reports a change and waits until rooms has dealt with it.</summary>
    public Task ReportAsync(
        string streamId, StreamState state, string reason = "", RecordingState recording = RecordingState.Unspecified)
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _reports.Writer.TryWrite((new StreamChanged { StreamId = streamId, State = state, Reason = reason, Recording = recording }, taken));
        return taken.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Ends the present watch, as a packager that is restarted does; rooms begins another one.</summary>
    public void EndWatch() => _reports.Writer.TryWrite((null, new TaskCompletionSource()));

    /// <summary>Says that it has told of all its streams, as at the start of each watch, and waits until rooms has dealt with it.</summary>
    public Task ReportAllToldAsync() => ReportAsync("", StreamState.Unspecified);

    public Task<StartStreamReply> StartStreamAsync(StartStreamRequest request, CancellationToken cancellationToken)
    {
        if (StartFailure is { } failure) return Task.FromException<StartStreamReply>(failure);
        lock (Started) Started.Add(request);
        return Task.FromResult(new StartStreamReply());
    }

    public Task<StopStreamReply> StopStreamAsync(StopStreamRequest request, CancellationToken cancellationToken)
    {
        if (StopFailure is { } failure) return Task.FromException<StopStreamReply>(failure);
        lock (Stopped) Stopped.Add(request);
        return Task.FromResult(new StopStreamReply());
    }

    public Task<InsertTimedMetadataReply> InsertTimedMetadataAsync(InsertTimedMetadataRequest request, CancellationToken cancellationToken)
    {
        if (InsertFailure is { } failure) return Task.FromException<InsertTimedMetadataReply>(failure);
        lock (Inserted) Inserted.Add(request);
        return Task.FromResult(new InsertTimedMetadataReply());
    }

    public Task<SetRecordingPausedReply> SetRecordingPausedAsync(SetRecordingPausedRequest request, CancellationToken cancellationToken)
    {
        lock (Paused) Paused.Add(request);
        return Task.FromResult(new SetRecordingPausedReply());
    }

    public async IAsyncEnumerable<StreamChanged> WatchStreamsAsync(
        WatchStreamsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (change, taken) in _reports.Reader.ReadAllAsync(cancellationToken))
        {
            if (change is null) yield break;
            yield return change;
            // The reader came back for more: it is done with that one.
            taken.SetResult();
        }
    }
}
