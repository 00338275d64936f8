using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using LiveStream.Contracts;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;
using LiveStream.HlsPackager.Cmaf;
using LiveStream.HlsPackager.Playlist;
using LiveStream.HlsPackager.Publish;
using LiveStream.HlsPackager.Record;
using LiveStream.HlsPackager.Streams;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.HlsPackager.Control;

/// <summary>Starts, stops and lists the process's live streams; ended ones stay known as long as they are served.</summary>
internal sealed class PackagerControl(
    IMediaSourceFactory sources, StreamRegistry registry, MemorySegmentStore memory, DiskSegmentStore disk, Recorders recorders, IOptions<PackagerOptions> options,
    IOptions<SegmenterOptions> segmenter, PackagerMetrics metrics, TimeProvider time, ILogger<LiveStreamWorker> logger) : IPackagerControl
{
    private const int MaxStreamIdLength = 64;
    private const int MaxWaitingChanges = 1024;
    // A year and more; the number has its place in the names of journal pages.
    private const uint MaxFirstSegment = 90_000_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, (LiveStreamWorker Worker, Task Running)> streams = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Channel<StreamChanged>, byte> watchers = new();
    private bool closed;

    /// <summary>Streams that have not ended.</summary>
    public int Running
    {
        get
        {
            lock (gate) return streams.Values.Count(stream => !stream.Worker.HasEnded);
        }
    }

    /// <inheritdoc/>
    public Task<StartStreamReply> StartStreamAsync(StartStreamRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = Validate(request);
        lock (gate)
        {
            if (closed) throw new ControlException(ControlError.Unavailable, "the packager is shutting down");
            if (streams.ContainsKey(request.StreamId)) throw new ControlException(ControlError.AlreadyExists, $"stream {request.StreamId} exists");
            if (registry.Find(path) is not null) throw new ControlException(ControlError.AlreadyExists, $"path {path} is taken");
            if (streams.Values.Count(stream => !stream.Worker.HasEnded) >= options.Value.MaxStreams)
            {
                throw new ControlException(ControlError.ResourceExhausted, $"{options.Value.MaxStreams} streams run already");
            }

            var worker = CreateWorker(request.Clone(), path);
            registry.TryAdd(worker.Output, request.StaticUrl);
            logger.StreamAccepted(worker.StreamId, worker.RoomId, path.Full);
            Tell(worker);
            streams.Add(worker.StreamId, (worker, Task.Run(worker.RunAsync, CancellationToken.None)));
        }

        return Task.FromResult(new StartStreamReply());
    }

    /// <inheritdoc/>
    public async Task<StopStreamReply> StopStreamAsync(StopStreamRequest request, CancellationToken cancellationToken)
    {
        Task running;
        LiveStreamWorker worker;
        lock (gate)
        {
            if (!streams.TryGetValue(request.StreamId, out var stream)) throw new ControlException(ControlError.NotFound, $"stream {request.StreamId} is not here");
            (worker, running) = stream;
            if (request.Forget)
            {
                // From now on nobody finds the run here, and the id is free for the day that the stream comes back.
                worker.Forgotten = true;
                streams.Remove(request.StreamId);
                registry.Remove(worker.Output);
                worker.Output.Remove();
            }

            worker.Stop(request.Reason);
        }

        if (request.Forget) _ = DisposeAsync(worker, running);
        else await running.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new StopStreamReply();
    }

    // A worker's end never fails; what it has recorded is still stored.
    private async Task DisposeAsync(LiveStreamWorker worker, Task running)
    {
        await running.ConfigureAwait(false);
        // It has written its last part and segment since. If the stream has come back, they go with the new run, which has the same path.
        lock (gate)
        {
            if (registry.Find(worker.Output.Path) is null) worker.Output.Remove();
        }

        await worker.RecordingAtRest.ConfigureAwait(false);
        worker.Dispose();
    }

    /// <inheritdoc/>
    public async Task<InsertTimedMetadataReply> InsertTimedMetadataAsync(InsertTimedMetadataRequest request, CancellationToken cancellationToken)
    {
        if (request.Payload.Length is 0 or > TimedMetadata.MaxPayload) throw Invalid($"payload has 1 to {TimedMetadata.MaxPayload} characters");
        var duration = TimeSpan.FromSeconds(request.DurationSeconds);
        if (duration == TimeSpan.Zero || duration > TimedMetadata.MaxDuration) throw Invalid($"duration_seconds is 1 to {TimedMetadata.MaxDuration.TotalSeconds:0}");
        LiveStreamWorker worker;
        lock (gate)
        {
            if (!streams.TryGetValue(request.StreamId, out var stream)) throw new ControlException(ControlError.NotFound, $"stream {request.StreamId} is not here");
            worker = stream.Worker;
        }

        var start = await worker.InsertAsync(request.Payload, duration, cancellationToken).ConfigureAwait(false);
        return new InsertTimedMetadataReply { Start = Timestamp.FromDateTimeOffset(start) };
    }

    /// <inheritdoc/>
    public Task<SetRecordingPausedReply> SetRecordingPausedAsync(SetRecordingPausedRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (!streams.TryGetValue(request.StreamId, out var stream)) throw new ControlException(ControlError.NotFound, $"stream {request.StreamId} is not here");
            if (stream.Worker.Recorder is not { } recorder) throw new ControlException(ControlError.FailedPrecondition, "the stream is not recorded");
            recorder.Paused = request.Paused;
        }

        return Task.FromResult(new SetRecordingPausedReply());
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StreamChanged> WatchStreamsAsync(WatchStreamsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Full: the watcher does not keep up, and is told so rather than losing a change unseen.
        var changes = Channel.CreateBounded<StreamChanged>(new BoundedChannelOptions(MaxWaitingChanges) { SingleReader = true });
        List<StreamChanged> present;
        lock (gate)
        {
            present = [.. streams.Values.Select(stream => Describe(stream.Worker))];
            watchers[changes] = 0;
            if (closed) changes.Writer.TryComplete();
        }

        try
        {
            foreach (var state in present) yield return state;
            yield return new StreamChanged();
            await foreach (var change in changes.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return change;
        }
        finally
        {
            watchers.TryRemove(changes, out _);
        }
    }

    /// <summary>Forgets the ended streams that have been served long enough.</summary>
    public void Sweep()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var (worker, _) in streams.Values.Where(stream => stream.Worker.HasEnded).ToList())
            {
                if (now - worker.Status.At < options.Value.KeepAfterStop || worker.Recording == RecordingState.Writing) continue;
                streams.Remove(worker.StreamId);
                registry.Remove(worker.Output);
                worker.Output.Remove();
                worker.Dispose();
            }
        }
    }

    /// <summary>Ends all streams with EXT-X-ENDLIST and takes no more.</summary>
    /// <param name="cancellationToken">Ends the wait for the playlists' ends.</param>
    /// <param name="recordingsToken">Ends the wait for what the store has not taken yet.</param>
    public async Task CloseAsync(CancellationToken cancellationToken, CancellationToken recordingsToken)
    {
        List<Task> running;
        lock (gate)
        {
            closed = true;
            running = [.. streams.Values.Select(stream => stream.Running)];
            foreach (var (worker, _) in streams.Values) worker.Stop("the packager shuts down");
        }

        await Task.WhenAll(running).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] recordings;
        lock (gate) recordings = [.. streams.Values.Select(stream => stream.Worker.RecordingAtRest)];
        // What the store does not take within the limit is missing: the process ends.
        await Task.WhenAll(recordings).WaitAsync(recordingsToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        recorders.Stop();
        lock (gate)
        {
            foreach (var watcher in watchers.Keys) watcher.Writer.TryComplete();
        }
    }

    private LiveStreamWorker CreateWorker(StartStreamRequest request, RunPath path)
    {
        var source = sources.Create(request);
        var lengths = segmenter.Value;
        var isEvent = request.PlaylistType == PlaylistType.Event;
        var window = request.WindowSegments == 0 ? options.Value.WindowSegments : (int)request.WindowSegments;
        var targetDuration = TimeSpan.FromSeconds(Math.Ceiling(lengths.SegmentTarget.TotalSeconds));
        var settings = new PlaylistSettings(targetDuration, lengths.PartTarget, window, isEvent, source.Epoch) { PartsHeldBack = options.Value.PartsHeldBack };
        var recorder = recorders.Create(request, source.Epoch, targetDuration);
        return new LiveStreamWorker(request, source, recorder,
            keyFrameWanted => new LiveOutput(path, settings, memory, isEvent ? disk : null, metrics, keyFrameWanted) { Continues = request.FirstSegment > 0 },
            lengths, options.Value, metrics, time, logger, Tell);
    }

    private static RunPath Validate(StartStreamRequest request)
    {
        if (request.StreamId.Length is 0 or > MaxStreamIdLength) throw Invalid($"stream_id has 1 to {MaxStreamIdLength} characters");
        if (!RunPath.TryParse(request.Path, out var path)) throw Invalid("path is customer_id/room_id/yyyymmdd/epoch_ms");
        if (path.RoomId != request.RoomId || path.CustomerId != request.CustomerId) throw Invalid("path belongs to another room");
        if (request.FirstSegment > MaxFirstSegment) throw Invalid($"first_segment is {MaxFirstSegment} at most");
        if (request.WindowSegments is not (0 or (>= 3 and <= 150))) throw Invalid("window_segments is 0 or 3 to 150");
        return path;
    }

    private static ControlException Invalid(string message) => new(ControlError.InvalidArgument, message);

    private void Tell(LiveStreamWorker worker)
    {
        if (worker.Forgotten) return;
        var change = Describe(worker);
        foreach (var watcher in watchers.Keys)
        {
            if (!watcher.Writer.TryWrite(change)) watcher.Writer.TryComplete(new ControlException(ControlError.ResourceExhausted, "the watcher does not keep up"));
        }
    }

    private static StreamChanged Describe(LiveStreamWorker worker)
    {
        var status = worker.Status;
        return new StreamChanged
        {
            StreamId = worker.StreamId,
            RoomId = worker.RoomId,
            State = status.State,
            Reason = status.Reason,
            At = Timestamp.FromDateTimeOffset(status.At),
            Recording = worker.Recording,
        };
    }
}
