using System.Threading.Channels;
using LiveStream.Contracts;
using LiveStream.Contracts.Packager.V1;
using LiveStream.HlsPackager.Cmaf;
using LiveStream.HlsPackager.Ingest;
using LiveStream.HlsPackager.Playlist;
using LiveStream.HlsPackager.Publish;
using LiveStream.HlsPackager.Record;
using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Streams;

/// <summary>
/// One live stream from its start to its end: the loop that carries samples along the <see cref="MediaPath"/>.
/// Starting until it can be played, then Running, then Stopped, or Failed when something broke; a failure ends this stream only.
/// </summary>
internal sealed class LiveStreamWorker : IDisposable
{
    // Longer than the segmenter lets a picture stand: whatever comes then breaks the timeline anyway.
    private static readonly TimeSpan StallsAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(500);

    private const int MaxWaitingInserts = 64;

    private readonly StartStreamRequest request;
    private readonly IMediaSource source;
    private readonly PackagerOptions options;
    private readonly PackagerMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Action<LiveStreamWorker> changed;
    private readonly MediaPath path;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    // Full: somebody inserts faster than the stream's loop turns, and is told so.
    private readonly Channel<InsertedMetadata> inserted = Channel.CreateBounded<InsertedMetadata>(MaxWaitingInserts);
    private volatile bool forgotten;
    private string stopReason = "";
    private int keyFrameInFlight;
    private long lastInsert;
    private readonly TimeSpan autoStop;
    private long began;
    private long lastPicture;
    private long? playableSince;

    public LiveStreamWorker(StartStreamRequest request, IMediaSource source, StreamRecorder? recorder, Func<Action, LiveOutput> output, SegmenterOptions segmenter,
        PackagerOptions options, PackagerMetrics metrics, TimeProvider time, ILogger logger, Action<LiveStreamWorker> changed)
    {
        this.request = request;
        this.source = source;
        this.options = options;
        this.metrics = metrics;
        this.time = time;
        this.logger = logger;
        this.changed = changed;
        autoStop = request.AutoStopSeconds > 0 ? TimeSpan.FromSeconds(request.AutoStopSeconds) : options.AutoStop;
        Output = output(RequestKeyFrame);
        Recorder = recorder;
        Recording = recorder is null ? RecordingState.Unspecified : RecordingState.Writing;
        ISegmentSink sink = recorder is null ? Output : new SegmentSinks(Output, recorder);
        path = new MediaPath(new Segmenter(segmenter, source.Epoch, sink, (int)request.FirstSegment), Output);
        Status = new StreamStatus(StreamState.Starting, "", time.GetUtcNow());
    }

    public string StreamId => request.StreamId;

    public string RoomId => request.RoomId;

    public LiveOutput Output { get; }

    /// <summary>Null where the stream is not recorded.</summary>
    public StreamRecorder? Recorder { get; }

    /// <summary>Whether the store has everything that it will get.</summary>
    public RecordingState Recording { get; private set; }

    /// <summary>Ends when <see cref="Recording"/> has been told, after the stream has ended.</summary>
    public Task RecordingAtRest { get; private set; } = Task.CompletedTask;

    /// <summary>The latest state; replaced as a whole.</summary>
    public StreamStatus Status { get; private set; }

    /// <summary>Another packager has the stream: what becomes of this worker is nobody's business.</summary>
    public bool Forgotten
    {
        get => forgotten;
        set => forgotten = value;
    }

    public bool HasEnded => Status.State is StreamState.Stopped or StreamState.Failed;

    /// <summary>Asks the loop to end the stream; the first reason counts.</summary>
    public void Stop(string reason)
    {
        lock (gate)
        {
            if (stopReason.Length > 0) return;
            stopReason = reason.Length > 0 ? reason : "stopped";
        }

        stopping.Cancel();
    }

    /// <summary>
    /// Puts a payload into the playlists, beginning now; returns where it begins once players can see it. Fails with
    /// <see cref="ControlException"/>: FailedPrecondition where nothing can be played yet or any more, ResourceExhausted.
    /// </summary>
    public async Task<DateTimeOffset> InsertAsync(string payload, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (Status.State != StreamState.Running) throw NotRunning();
        // Pictures of now are not listed yet, so that players know of the payload before they come to its date.
        // Players know a payload by its id, also from the packager that had the stream before.
        var id = request.FirstSegment > 0 ? $"{StreamId}-{request.FirstSegment}-{Interlocked.Increment(ref lastInsert)}" : $"{StreamId}-{Interlocked.Increment(ref lastInsert)}";
        var metadata = new TimedMetadata(id, time.GetUtcNow(), duration, payload);
        var insert = new InsertedMetadata(metadata, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!inserted.Writer.TryWrite(insert)) throw inserted.Reader.Completion.IsCompleted ? NotRunning() : TooMany();
        await insert.Done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return metadata.Start;
    }

    /// <summary>Runs the stream; ends when it has ended, and never fails.</summary>
    public async Task RunAsync()
    {
        metrics.StreamStarted();
        Exception? failure = null;
        try
        {
            await source.StartAsync(stopping.Token).ConfigureAwait(false);
            await PumpAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop.
        }
        catch (Exception exception) // The loop's outermost guard: this stream ends, the process goes on.
        {
            failure = exception;
        }

        RefuseInserts();
        failure = await FinishAsync().ConfigureAwait(false) ?? failure;
        Recorder?.Complete();
        metrics.StreamEnded();
        if (failure is null)
        {
            logger.StreamStopped(StreamId, stopReason);
            Change(StreamState.Stopped, stopReason);
        }
        else
        {
            logger.StreamFailed(failure, StreamId);
            Change(StreamState.Failed, failure is ControlException ? failure.Message : "internal error");
        }

        RecordingAtRest = TellAtRestAsync();
        await DisposeSourceAsync().ConfigureAwait(false);
    }

    /// <summary>To be called when <see cref="RunAsync"/> has ended and nobody will call <see cref="Stop"/>.</summary>
    public void Dispose()
    {
        stopping.Dispose();
        Recorder?.Dispose();
    }

    private async Task PumpAsync()
    {
        using var ticks = new PeriodicTimer(TickInterval, time);
        var tick = ticks.WaitForNextTickAsync(stopping.Token).AsTask();
        var samples = source.WaitForSamplesAsync(stopping.Token).AsTask();
        var inserts = inserted.Reader.WaitToReadAsync(stopping.Token).AsTask();
        began = lastPicture = time.GetTimestamp();
        while (true)
        {
            await Task.WhenAny(samples, tick, inserts).ConfigureAwait(false);
            stopping.Token.ThrowIfCancellationRequested();
            if (samples.IsCompleted)
            {
                if (!await samples.ConfigureAwait(false)) throw new ControlException(ControlError.Unavailable, "the source of the media ended");
                while (source.Samples.TryRead(out var sample)) Take(sample);
                samples = source.WaitForSamplesAsync(stopping.Token).AsTask();
            }

            if (tick.IsCompleted)
            {
                await tick.ConfigureAwait(false);
                CheckForStall();
                tick = ticks.WaitForNextTickAsync(stopping.Token).AsTask();
            }

            var shown = new List<InsertedMetadata>();
            if (inserts.IsCompleted)
            {
                await inserts.ConfigureAwait(false);
                while (inserted.Reader.TryRead(out var insert)) Insert(insert, shown);
                inserts = inserted.Reader.WaitToReadAsync(stopping.Token).AsTask();
            }

            Publish();
            foreach (var insert in shown) insert.Done.TrySetResult();
        }
    }

    private void Insert(InsertedMetadata insert, List<InsertedMetadata> shown)
    {
        if (Output.TryAdd(insert.Metadata))
        {
            Recorder?.Add(insert.Metadata);
            shown.Add(insert);
        }
        else insert.Done.TrySetException(TooMany());
    }

    private void RefuseInserts()
    {
        inserted.Writer.TryComplete();
        while (inserted.Reader.TryRead(out var insert)) insert.Done.TrySetException(NotRunning());
    }

    private static ControlException NotRunning() => new(ControlError.FailedPrecondition, "the stream is not running");

    private static ControlException TooMany() => new(ControlError.ResourceExhausted, "too much timed metadata");

    private void Take(MediaSample sample)
    {
        if (sample is VideoSample video)
        {
            lastPicture = time.GetTimestamp();
            metrics.SampleArrived(time.GetUtcNow() - source.Epoch - TimeSpan.FromTicks(video.Unit.Time * (TimeSpan.TicksPerSecond / 10_000) / 9));
        }

        path.Take(sample);
        switch (sample)
        {
            case LayersChanged layers:
                logger.LayersShown(StreamId, layers.TrackId, string.Join(',', layers.Rids));
                break;
            case Discontinuity discontinuity:
                logger.StreamBreaks(StreamId, discontinuity.Reason);
                break;
            case PublisherGone gone:
                logger.PublisherAway(StreamId, gone.Reason);
                break;
        }
    }

    private void CheckForStall()
    {
        // Somebody who only speaks is there too.
        if (time.GetElapsedTime(Math.Max(lastPicture, source.LastPacketAt)) >= autoStop) Stop($"no publisher for {autoStop.TotalSeconds:0} seconds");
        else if (request.LongestSeconds > 0 && time.GetElapsedTime(began).TotalSeconds >= request.LongestSeconds) Stop($"the longest duration, {request.LongestSeconds} seconds, is over");
        else if (time.GetElapsedTime(lastPicture) >= StallsAfter && path.HasPictures)
        {
            path.Break();
            logger.PublisherAway(StreamId, "no picture arrives");
        }
    }

    // Offered once a layer can be played, and the other layers and the sound too or their time is over.
    private void Publish()
    {
        if (Status.State == StreamState.Starting && playableSince is null && Output.IsPlayable) playableSince = time.GetTimestamp();
        var offer = playableSince is { } since
            && ((Output.HasAudio && Output.PlayableLayers >= path.Layers.Count) || time.GetElapsedTime(since) >= options.LayerWait);
        path.Publish(offer);
        if (!offer || Status.State != StreamState.Starting) return;
        logger.StreamRunning(StreamId);
        Change(StreamState.Running, "");
    }

    // Viewers fetch the last parts before they are told that nothing follows: players that learn of both at once are
    // left with a part missing, and some (hls.js 1.7) then wait for it for ever.
    private async Task<Exception?> FinishAsync()
    {
        try
        {
            while (source.Samples.TryRead(out var sample)) Take(sample);
            path.Close();
            if (Output.IsPlayable) await Task.Delay(options.EndListDelay, time).ConfigureAwait(false);
            path.End();
            return null;
        }
        catch (Exception exception) // A broken segmenter must not keep viewers waiting.
        {
            Output.End();
            return exception;
        }
    }

    private async Task DisposeSourceAsync()
    {
        try
        {
            await source.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) // The stream has ended: nothing is left that could fail because of it.
        {
            logger.StreamFailed(exception, StreamId);
        }
    }

    // Behind the end of the stream, which viewers and rooms do not have to wait for.
    private async Task TellAtRestAsync()
    {
        if (Recorder is null) return;
        await Recorder.AtRest.ConfigureAwait(false);
        Recording = RecordingState.AtRest;
        logger.RecordingAtRest(StreamId);
        changed(this);
    }

    private void Change(StreamState state, string reason)
    {
        Status = new StreamStatus(state, reason, time.GetUtcNow());
        changed(this);
    }

    // One request at a time; the segmenter asks again at the next border.
    private void RequestKeyFrame()
    {
        if (Interlocked.Exchange(ref keyFrameInFlight, 1) == 0) _ = RequestKeyFrameAsync();
    }

    private async Task RequestKeyFrameAsync()
    {
        try
        {
            metrics.KeyFrameRequested();
            await source.RequestKeyFrameAsync(stopping.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ControlException or OperationCanceledException or ObjectDisposedException)
        {
            logger.KeyFrameRequestFailed(StreamId, exception.Message);
        }
        finally
        {
            Volatile.Write(ref keyFrameInFlight, 0);
        }
    }
}

/// <summary>A payload on its way into the playlists, and who waits for it.</summary>
internal sealed record InsertedMetadata(TimedMetadata Metadata, TaskCompletionSource Done);

/// <summary>A stream's state, why, and since when.</summary>
internal sealed record StreamStatus(StreamState State, string Reason, DateTimeOffset At);
