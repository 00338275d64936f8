using System.Threading.Channels;
using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.HlsPackager.Passthrough;
using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>
/// Turns what the SFU exports of one room into timed samples of one live stream: watches the room, chooses what is shown,
/// keeps the export connected, and runs the stages. One loop owns all state; packets and room events reach it by a bounded
/// channel, whose fullness slows the export's connection down.
/// </summary>
public sealed class StreamIngest : IAsyncDisposable, IExportSink
{
    private const int MaxWaitingEvents = 64;

    // What came moves the stages too: ticks are for when nothing does.
    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(200);

    private readonly ISfuControl sfu;
    private readonly RtpIngestListener listener;
    private readonly IngestOptions options;
    private readonly string roomId;
    private readonly string exportId;
    private readonly IReadOnlyList<string> fromRoles;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly long epochTimestamp;
    private readonly CancellationTokenSource stopping = new();
    private readonly OpusToAac audio;
    private readonly ShownTracks shown;

    // Unbounded by type, bounded by EmitMedia: control samples always enter, media is refused beyond the limit.
    // Not declared single-reader, because that kind of channel cannot count what waits.
    private readonly Channel<MediaSample> samples = Channel.CreateUnbounded<MediaSample>();

    // Holds one item while there are samples that nobody was told of.
    private readonly Channel<bool> told = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = true, FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Channel<object> events = Channel.CreateBounded<object>(
        // The loop goes on in the thread that brought the batch: waking another costs more than the batch does.
        new BoundedChannelOptions(MaxWaitingEvents) { SingleReader = true, AllowSynchronousContinuations = true, FullMode = BoundedChannelFullMode.Wait });

    private ExportLink? link;
    private ExportRegistration? registration;
    private Task running = Task.CompletedTask;
    private TimeSpan nextBorderRequest;
    private long lastPacketAt;
    private int overloaded;
    private int disposed;

    /// <summary>Makes an ingest; nothing runs before <see cref="StartAsync"/>.</summary>
    /// <param name="sfu">The SFU that has the room.</param>
    /// <param name="listener">Where its exports connect to.</param>
    /// <param name="options">Settings.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="exportId">Unique on the SFU and hard to guess: who knows it may feed the stream.</param>
    /// <param name="fromRoles">Publishers of these roles are shown; empty: everybody.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public StreamIngest(ISfuControl sfu, RtpIngestListener listener, IngestOptions options, string roomId, string exportId,
        IReadOnlyList<string> fromRoles, TimeProvider time, ILogger logger)
    {
        this.sfu = sfu;
        this.listener = listener;
        this.options = options;
        this.roomId = roomId;
        this.exportId = exportId;
        this.fromRoles = fromRoles;
        this.time = time;
        this.logger = logger;
        Epoch = time.GetUtcNow();
        epochTimestamp = time.GetTimestamp();
        audio = new OpusToAac(options, (parameters, frame) => EmitMedia(new AudioSample(parameters, frame)), time, logger);
        shown = new ShownTracks(options, roomId, audio, EmitControl, EmitMedia, logger);
    }

    /// <summary>Capture time (UTC) of tick 0 of every sample's time.</summary>
    public DateTimeOffset Epoch { get; }

    /// <summary>When the last packet of a shown track arrived, as the clock's timestamp; 0 before the first.</summary>
    public long LastPacketAt => Volatile.Read(ref lastPacketAt);

    /// <summary>Samples in the order in which they became known; completes when the ingest is disposed of.</summary>
    public ChannelReader<MediaSample> Samples => samples.Reader;

    /// <summary>
    /// Waits until there are samples that the last call did not tell of. What comes in one turn is told of once, at its end and
    /// in its thread, and AAC frames with the turn that follows: waking a thread for each sample costs more than the sample does.
    /// False when the ingest has been disposed of; throws what it failed by. One caller at a time.
    /// </summary>
    public async ValueTask<bool> WaitForSamplesAsync(CancellationToken cancellationToken)
    {
        if (!await told.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false)) return false;
        told.Reader.TryRead(out _);
        return true;
    }

    /// <summary>Process id of the FFmpeg child, if one runs.</summary>
    internal int? FFmpegProcessId => audio.ChildId;

    /// <summary>
    /// Begins to ask the SFU for the room's tracks and their media, and returns; an SFU that is away is asked again.
    /// </summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var request = new StartExportRequest
        {
            RoomId = roomId,
            ExportId = exportId,
            Host = listener.AdvertisedHost,
            Port = (uint)listener.EndPoint.Port,
        };
        request.FromRoles.AddRange(fromRoles);
        link = new ExportLink(sfu, request, time, logger);
        registration = listener.Register(exportId, this);
        running = Task.WhenAll(RunAsync(), WatchAsync(), Task.Run(() => link.RunAsync(stopping.Token), CancellationToken.None));
        return Task.CompletedTask;
    }

    /// <summary>Asks for a key frame in every layer of the shown video track; throttled, and never fails.</summary>
    public Task RequestKeyFrameAsync(CancellationToken cancellationToken)
    {
        if (shown.VideoTrackId is not { } trackId || Now < nextBorderRequest) return Task.CompletedTask;

        nextBorderRequest = Now + options.KeyFrameRequestInterval;
        return RequestKeyFrameAsync(trackId, rid: "", cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;

        registration?.Dispose();
        await stopping.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        await audio.DisposeAsync().ConfigureAwait(false);
        shown.Dispose();
        events.Writer.TryComplete();
        while (events.Reader.TryRead(out var left)) (left as IDisposable)?.Dispose();
        samples.Writer.TryComplete();
        told.Writer.TryComplete();
        stopping.Dispose();
    }

    void IExportSink.OnConnected() => link?.OnConnected();

    void IExportSink.OnClosed(string reason) => link?.OnClosed(reason);

    async ValueTask IExportSink.ReceiveAsync(PacketBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            await events.Writer.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            batch.Dispose();
            throw new OperationCanceledException("The ingest has ended.", e, cancellationToken);
        }
    }

    private TimeSpan Now => time.GetElapsedTime(epochTimestamp);

    private async Task RunAsync()
    {
        using var timer = time.CreateTimer(_ => events.Writer.TryWrite(Tick.Instance), null, TickPeriod, TickPeriod);
        var selection = new StageSelection(fromRoles);
        var untoldUntil = TimeSpan.MaxValue;
        try
        {
            await foreach (var next in events.Reader.ReadAllAsync(stopping.Token).ConfigureAwait(false))
            {
                switch (next)
                {
                    case PacketBatch batch:
                        OnBatch(batch);
                        break;
                    case RoomEvent { TrackPublished: { } track }:
                        selection.Publish(track);
                        shown.Show(selection.Choose(), Now);
                        break;
                    case RoomEvent { TrackUnpublished: { } gone }:
                        selection.Unpublish(gone.TrackId);
                        shown.Show(selection.Choose(), Now);
                        break;
                    case WatchBegins:
                        selection.BeginTelling();
                        untoldUntil = Now + TimeSpan.FromSeconds(2);
                        break;
                }

                if (next is Tick && Now >= untoldUntil)
                {
                    untoldUntil = TimeSpan.MaxValue;
                    selection.DropUntold();
                    shown.Show(selection.Choose(), Now);
                }

                shown.Advance(Now);
                RequestMissingKeyFrames();
                if (samples.Reader.Count > 0) told.Writer.TryWrite(true);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed of.
        }
        catch (Exception e)
        {
            // Outermost guard of the loop: the stream ends, the process goes on.
            logger.IngestFailed(e, roomId);
            samples.Writer.TryComplete(e);
            told.Writer.TryComplete(e);
        }
    }

    private void OnBatch(PacketBatch batch)
    {
        using (batch)
        {
            var arrival = time.GetElapsedTime(epochTimestamp, batch.Timestamp);
            var heard = false;
            for (var offset = 0; batch.TryRead(ref offset, out var packet);) heard |= shown.OnPacket(packet, arrival);
            if (heard) Volatile.Write(ref lastPacketAt, batch.Timestamp);
        }
    }

    private async Task WatchAsync()
    {
        var backOff = new BackOff();
        var request = new WatchRoomRequest { RoomId = roomId };
        try
        {
            while (true)
            {
                var reason = "the SFU ended the watch";
                try
                {
                    await events.Writer.WriteAsync(WatchBegins.Instance, stopping.Token).ConfigureAwait(false);
                    await foreach (var change in sfu.WatchRoomAsync(request, stopping.Token).ConfigureAwait(false))
                    {
                        backOff.Reset();
                        await events.Writer.WriteAsync(change, stopping.Token).ConfigureAwait(false);
                    }
                }
                catch (ControlException e)
                {
                    reason = e.Message;
                    // A node that hangs, or whose machine is gone, does not close the connection; the export begins anew at the next one.
                    if (e.Error == ControlError.Aborted) registration!.CloseConnections();
                }

                stopping.Token.ThrowIfCancellationRequested();
                var delay = backOff.Next();
                logger.WatchFailed(roomId, reason, delay);
                await Task.Delay(delay, time, stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed of.
        }
    }

    private void RequestMissingKeyFrames()
    {
        if (shown.VideoTrackId is not { } trackId) return;

        foreach (var layer in shown.Layers)
        {
            if (!layer.WantsKeyFrame || Now < layer.NextKeyFrameRequest) continue;

            layer.NextKeyFrameRequest = Now + options.KeyFrameRequestInterval;
            _ = RequestKeyFrameAsync(trackId, layer.Rid, stopping.Token);
        }
    }

    private async Task RequestKeyFrameAsync(string trackId, string rid, CancellationToken cancellationToken)
    {
        try
        {
            await sfu.RequestKeyFrameAsync(new RequestKeyFrameRequest { RoomId = roomId, TrackId = trackId, Rid = rid }, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (ControlException e)
        {
            logger.KeyFrameRequestFailed(trackId, e.Message);
        }
        catch (OperationCanceledException)
        {
            // The stream ends.
        }
    }

    private void EmitControl(MediaSample sample) => samples.Writer.TryWrite(sample);

    private bool EmitMedia(MediaSample sample)
    {
        var waiting = samples.Reader.Count;
        if (waiting >= options.MaxWaitingSamples)
        {
            if (Interlocked.Exchange(ref overloaded, 1) == 0) logger.ConsumerTooSlow(roomId, waiting);
            return false;
        }

        if (waiting < options.MaxWaitingSamples / 2) Volatile.Write(ref overloaded, 0);
        return samples.Writer.TryWrite(sample);
    }

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }

    private sealed class WatchBegins
    {
        public static readonly WatchBegins Instance = new();
    }
}
