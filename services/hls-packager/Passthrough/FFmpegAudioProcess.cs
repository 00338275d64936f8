using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using LiveStream.Media.Aac;

namespace LiveStream.HlsPackager.Passthrough;

/// <summary>
/// One FFmpeg child: Ogg Opus on its standard input, ADTS AAC-LC at 48 kHz out. Writing never blocks the caller; frames and
/// the exit come by callback on threads of their own.
/// </summary>
internal sealed class FFmpegAudioProcess : IAsyncDisposable
{
    private const int MaxErrorText = 2048;

    // About five seconds of input: a child that is so far behind does not work.
    private const int MaxWaitingWrites = 256;

    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(1);

    // The child writes each frame by itself, but makes those of one input one right after the other.
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(20);

    private readonly Process process;
    // Who brings the bytes hands them to the pipe as well, and waits for nothing there: waking a thread for it costs more.
    private readonly Channel<byte[]> input = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(MaxWaitingWrites) { SingleReader = true, AllowSynchronousContinuations = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly StringBuilder errorTail = new();
    private readonly Task running;

    private FFmpegAudioProcess(Process process, Action<ReadOnlySpan<byte>> onFrame, Action<int, string> onExit)
    {
        this.process = process;
        running = RunAsync(onFrame, onExit);
    }

    /// <summary>Process id.</summary>
    public int Id => process.Id;

    /// <summary>Starts a child.</summary>
    /// <param name="path">Executable, a path or a name in PATH.</param>
    /// <param name="bitrate">AAC bits per second.</param>
    /// <param name="channels">1 or 2.</param>
    /// <param name="onFrame">Takes each raw AAC frame, in order; the bytes are valid during the call.</param>
    /// <param name="onExit">Called once, with the exit code and the last lines of standard error.</param>
    /// <exception cref="Win32Exception">The executable is missing or cannot be run.</exception>
    public static FFmpegAudioProcess Start(
        string path, int bitrate, int channels, Action<ReadOnlySpan<byte>> onFrame, Action<int, string> onExit)
    {
        var start = new ProcessStartInfo(path)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in Arguments(bitrate, channels)) start.ArgumentList.Add(argument);

        var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch
        {
            process.Dispose();
            throw;
        }

        return new FFmpegAudioProcess(process, onFrame, onExit);
    }

    /// <summary>Queues bytes for the child; false when it is so far behind that it must be given up.</summary>
    public bool TryWrite(byte[] data) => input.Writer.TryWrite(data);

    /// <summary>Ends the child at once; the exit callback follows.</summary>
    public void Kill()
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has exited on its own.
        }
    }

    /// <summary>Closes the child's input, waits for its exit, and kills it when it does not come.</summary>
    public async ValueTask DisposeAsync()
    {
        input.Writer.TryComplete();
        try
        {
            await running.WaitAsync(ExitPatience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Kill();
            await running.ConfigureAwait(false);
        }

        process.Dispose();
    }

    // The probe is kept minimal because the headers say all there is to know; -fflags nobuffer would drop what the probe read.
    // The fast coder halves the encoder's work; at 64 kbit/s a channel the difference is not heard.
    private static string[] Arguments(int bitrate, int channels) =>
    [
        "-hide_banner", "-nostats", "-loglevel", "warning",
        "-threads", "1", "-filter_threads", "1",
        "-probesize", "32", "-analyzeduration", "0",
        "-f", "ogg", "-i", "pipe:0",
        "-map", "0:a:0", "-c:a", "aac", "-aac_coder", "fast",
        "-b:a", bitrate.ToString(CultureInfo.InvariantCulture),
        "-ar", "48000", "-ac", channels.ToString(CultureInfo.InvariantCulture),
        "-f", "adts", "-flush_packets", "1", "pipe:1",
    ];

    private async Task RunAsync(Action<ReadOnlySpan<byte>> onFrame, Action<int, string> onExit)
    {
        var writing = Task.Run(WriteInputAsync);
        var draining = Task.Run(DrainErrorsAsync);
        // A thread of its own that blocks: the pool takes three wake-ups for each piece that a pipe brings.
        var reading = Task.Factory.StartNew(() => ReadFrames(onFrame), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await reading.ConfigureAwait(false);
        input.Writer.TryComplete();
        using (var patience = new CancellationTokenSource(ExitPatience))
        {
            // A child that closed its output but stays is ended, so that none is left behind.
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!process.HasExited) Kill();
        }

        await process.WaitForExitAsync().ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        await draining.ConfigureAwait(false);
        onExit(process.ExitCode, errorTail.ToString().Trim());
    }

    private async Task WriteInputAsync()
    {
        var stream = process.StandardInput.BaseStream;
        try
        {
            await foreach (var data in input.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await stream.WriteAsync(data).ConfigureAwait(false);
                await stream.FlushAsync().ConfigureAwait(false);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The child is gone; its exit code tells why.
            input.Writer.TryComplete();
        }
    }

    private void ReadFrames(Action<ReadOnlySpan<byte>> onFrame)
    {
        var stream = process.StandardOutput.BaseStream;
        var buffer = new byte[4 * (AdtsHeader.MaxFrameLength + 1)];
        var filled = 0;
        try
        {
            int read;
            while ((read = stream.Read(buffer.AsSpan(filled))) > 0)
            {
                filled += read;
                var used = TakeFrames(buffer.AsSpan(0, filled), onFrame);
                if (used < 0) return;
                buffer.AsSpan(used, filled - used).CopyTo(buffer);
                filled -= used;
                Thread.Sleep(GatherTime);
            }
        }
        catch (IOException)
        {
            // As at the end of the stream.
        }
    }

    // Bytes used; negative when the stream is not ADTS, which ends the child.
    private static int TakeFrames(ReadOnlySpan<byte> data, Action<ReadOnlySpan<byte>> onFrame)
    {
        var used = 0;
        while (true)
        {
            var error = AdtsHeader.TryParse(data[used..], out var header);
            if (error == AdtsError.TooShort || (error == AdtsError.None && header.FrameLength > data.Length - used)) return used;
            if (error != AdtsError.None) return -1;

            onFrame(data.Slice(used + header.HeaderLength, header.FrameLength - header.HeaderLength));
            used += header.FrameLength;
        }
    }

    private async Task DrainErrorsAsync()
    {
        var buffer = new char[1024];
        var reader = process.StandardError;
        int read;
        while ((read = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            errorTail.Append(buffer, 0, read);
            if (errorTail.Length > MaxErrorText) errorTail.Remove(0, errorTail.Length - MaxErrorText);
        }
    }
}
