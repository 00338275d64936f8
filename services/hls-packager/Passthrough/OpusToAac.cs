using System.ComponentModel;
using LiveStream.HlsPackager.Ingest;
using LiveStream.Media;
using LiveStream.Media.Aac;
using LiveStream.Media.Opus;
using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Passthrough;

/// <summary>
/// Opus packets in, an uninterrupted row of AAC frames out, by an FFmpeg child that is started with the first packet and
/// started again when it dies. While there is no child, and while no packets come, the row goes on with silence; before the
/// first packet there is none unless it is asked for. Frames come by callback, from the caller's thread or the child's, one at a time.
/// </summary>
internal sealed class OpusToAac : IAsyncDisposable
{
    // An Opus encoder's look-ahead (6.5 ms): the decoder's first output lies that much before the first captured sample.
    private const int PreSkip = 312;

    // The first frame of the AAC encoder holds its priming only (1024 samples).
    private const int Priming = AdtsHeader.SamplesPerFrame;

    // Packets that go to the child in one write, 100 ms at 20 ms each: its wake-ups, and those for what it writes, cost as much
    // as its work.
    private const int PagesPerWrite = 5;

    // The longest that packets wait for those behind them, where they come in batches or stop coming.
    private static readonly TimeSpan WriteWait = TimeSpan.FromMilliseconds(60);

    // Silence is added once nothing came for so long: longer than the wait for retransmissions.
    private static readonly TimeSpan FillDelay = TimeSpan.FromMilliseconds(700);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(30);

    // Between two looks for an executable that is missing or could not be started, as where the machine has no process left.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    // Input taken without output for so long (5 s at 48 kHz) means that the child hangs.
    private const long MaxBehind = 5 * OpusPacket.ClockRate;

    private readonly Lock gate = new();
    private readonly IngestOptions options;
    private readonly Action<AacParameters, AacFrame> output;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly long fillDelay;
    private readonly AacParameters parameters;
    private readonly AacGrid grid = new();
    private readonly byte[] page = new byte[OggOpusWriter.MaxPageOverhead + JitterBuffer.MaxPacketLength];
    private readonly MemoryStream pending = new();
    private Child? child;
    private TimeSpan retryDelay = FirstRetry;
    private long notBefore = long.MinValue;
    private int pendingPages;
    private long pendingSince;
    private bool missing;
    private bool disposed;

    /// <summary>Makes the transcoder; nothing runs before the first packet.</summary>
    public OpusToAac(IngestOptions options, Action<AacParameters, AacFrame> output, TimeProvider time, ILogger logger)
    {
        this.options = options;
        this.output = output;
        this.time = time;
        this.logger = logger;
        fillDelay = (long)(Math.Max(FillDelay.TotalSeconds, options.JitterWait.TotalSeconds + 0.4) * OpusPacket.ClockRate);
        parameters = new AacParameters(OpusPacket.ClockRate, options.AudioChannels,
            AudioSpecificConfig.Create(AudioSpecificConfig.LowComplexity, OpusPacket.ClockRate, options.AudioChannels));
    }

    /// <summary>Process id of the running child, if any.</summary>
    public int? ChildId
    {
        get
        {
            lock (gate) return child?.Process?.Id;
        }
    }

    /// <summary>Takes a packet; a malformed one is dropped.</summary>
    /// <param name="captured">Capture time of its first sample in 48 kHz ticks of the stream.</param>
    /// <param name="packet">The Opus packet.</param>
    public void Push(long captured, ReadOnlySpan<byte> packet)
    {
        if (OpusPacket.TryParse(packet, out var parsed) != OpusError.None) return;

        lock (gate)
        {
            if (grid.Next is { } shown && captured < shown && child is null) return;
            if (!EnsureChild(captured)) return;

            var timeline = child!.Timeline;
            WriteSilence(timeline.SilenceBefore(captured));
            if (!timeline.TryFeed(captured, parsed.Samples)) return;

            // A packet without audio bytes (DTX) has nothing to decode.
            if (parsed.IsSilent) WriteSilencePackets(parsed.Samples);
            else WritePage(packet, parsed.Samples);
        }
    }

    /// <summary>Keeps the row going; to be called some ten times a second.</summary>
    /// <param name="now">Stream time in 48 kHz ticks.</param>
    public void Tick(long now)
    {
        lock (gate)
        {
            if (disposed || grid.Next is null) return;

            var due = now - fillDelay;
            if (child is null)
            {
                for (var missing = grid.MissingUpTo(due); missing > 0; missing--) Emit(SilentAac.Of(options.AudioChannels));
                return;
            }

            WriteSilence(child.Timeline.Fill(due));
            if (pendingPages > 0 && time.GetElapsedTime(pendingSince) >= WriteWait) Flush();
            // After a pause the row stands where it stopped, and a new child is not behind by that.
            if (child is { } running && running.Timeline.Next - Math.Max(grid.Next ?? 0, running.Timeline.Start) > MaxBehind) running.Process?.Kill();
        }
    }

    /// <summary>Begins the row with silence where there is no sound: sound that comes later finds players that listen already.</summary>
    /// <param name="now">Stream time in 48 kHz ticks.</param>
    public void BeginSilence(long now)
    {
        lock (gate)
        {
            if (!disposed && child is null && grid.IsAtRest && now > fillDelay) grid.Resume(now - fillDelay);
        }
    }

    /// <summary>Ends the row until the next packet, which may then leave a hole: nobody is on stage.</summary>
    public void Pause()
    {
        FFmpegAudioProcess? process;
        lock (gate)
        {
            process = child?.Process;
            child = null;
            grid.Break();
        }

        _ = process?.DisposeAsync().AsTask();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        FFmpegAudioProcess? process;
        lock (gate)
        {
            disposed = true;
            process = child?.Process;
            child = null;
        }

        if (process is not null) await process.DisposeAsync().ConfigureAwait(false);
        await pending.DisposeAsync().ConfigureAwait(false);
    }

    private bool EnsureChild(long captured)
    {
        if (child is not null) return true;
        if (disposed || time.GetTimestamp() < notBefore) return false;

        var start = grid.StartAt(captured);
        var starting = new Child(new AudioTimeline(start), new OggOpusWriter((uint)(start & int.MaxValue)), time.GetTimestamp());
        try
        {
            starting.Process = FFmpegAudioProcess.Start(options.FFmpegPath, options.AudioBitrate, options.AudioChannels,
                frame => OnFrame(starting, frame), (code, errors) => OnExit(starting, code, errors));
        }
        catch (Win32Exception e)
        {
            // Said once for each time that it goes missing.
            if (!missing) logger.FFmpegMissing(options.FFmpegPath, e.Message, LookAgain);
            missing = true;
            notBefore = time.GetTimestamp() + (long)(LookAgain.TotalSeconds * time.TimestampFrequency);
            return false;
        }

        missing = false;
        child = starting;
        grid.Begin(start);
        pending.SetLength(0);
        pendingPages = 0;
        pending.Write(page, 0, starting.Writer.WriteHeaders(page, options.AudioChannels, PreSkip));
        return true;
    }

    private void WriteSilence(long samples)
    {
        if (samples > 0) WriteSilencePackets(samples);
    }

    private void WriteSilencePackets(long samples)
    {
        while (samples > 0)
        {
            var silence = SilentOpus.UpTo(samples, out var length);
            if (length == 0) return;
            WritePage(silence, length);
            samples -= length;
        }
    }

    private void WritePage(ReadOnlySpan<byte> packet, int samples)
    {
        if (child is null) return;

        var written = child.Writer.WritePacket(page, packet, samples);
        pending.Write(page, 0, written);
        if (pendingPages == 0) pendingSince = time.GetTimestamp();
        if (++pendingPages >= PagesPerWrite) Flush();
    }

    private void Flush()
    {
        if (pendingPages == 0 || child is null) return;

        var written = child.Process!.TryWrite(pending.ToArray());
        pending.SetLength(0);
        pendingPages = 0;

        // A lost write would shift all that follows, so the child is given up instead.
        if (!written) child.Process.Kill();
    }

    private void OnFrame(Child from, ReadOnlySpan<byte> data)
    {
        lock (gate)
        {
            var at = from.Timeline.Start + (from.Frames++ * AdtsHeader.SamplesPerFrame) - Priming;
            if (disposed || child != from || !grid.TryPlace(at, out var silent)) return;

            for (; silent > 0; silent--) Emit(SilentAac.Of(options.AudioChannels));
            Emit(data.ToArray());
        }
    }

    private void Emit(ReadOnlyMemory<byte> data) =>
        output(parameters, new AacFrame(grid.Take(), AdtsHeader.SamplesPerFrame, data));

    private void OnExit(Child from, int code, string errors)
    {
        FFmpegAudioProcess? process;
        lock (gate)
        {
            if (disposed || child != from) return;

            process = from.Process;
            child = null;
            if (time.GetElapsedTime(from.Started) > Healthy) retryDelay = FirstRetry;
            notBefore = time.GetTimestamp() + (long)(retryDelay.TotalSeconds * time.TimestampFrequency);
            logger.FFmpegExited(code, retryDelay, errors.Length > 0 ? errors : "no error text");
            retryDelay = retryDelay * 2 < LastRetry ? retryDelay * 2 : LastRetry;
        }

        // Not awaited: the child's own task is what calls here.
        _ = process?.DisposeAsync().AsTask();
    }

    private sealed class Child(AudioTimeline timeline, OggOpusWriter writer, long started)
    {
        public AudioTimeline Timeline { get; } = timeline;

        public OggOpusWriter Writer { get; } = writer;

        public long Started { get; } = started;

        public FFmpegAudioProcess? Process { get; set; }

        public long Frames { get; set; }
    }
}
