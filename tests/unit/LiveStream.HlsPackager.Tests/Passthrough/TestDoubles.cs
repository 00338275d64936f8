using System.Collections.Concurrent;
using System.Threading.Channels;
using LiveStream.Media;
using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Tests.Passthrough;

/// <summary>A clock that stands still until it is moved; its timers never fire.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long timestamp;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref timestamp);

    public void Advance(TimeSpan by) => Interlocked.Add(ref timestamp, by.Ticks);
}

/// <summary>Keeps messages and lets a test wait for one.</summary>
internal sealed class CapturingLogger : ILogger
{
    private readonly ConcurrentQueue<(int Id, LogLevel Level, string Text)> messages = new();
    private readonly Channel<bool> added = Channel.CreateUnbounded<bool>();

    public IReadOnlyCollection<(int Id, LogLevel Level, string Text)> Messages => messages;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        messages.Enqueue((eventId.Id, logLevel, formatter(state, exception)));
        added.Writer.TryWrite(true);
    }

    public async Task<string> WaitForAsync(int id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (messages.FirstOrDefault(message => message.Id == id) is { Text: { } text }) return text;
            await added.Reader.ReadAsync(limit.Token);
        }
    }
}

/// <summary>Keeps frames and lets a test wait until the row has reached a time.</summary>
internal sealed class FrameCollector
{
    private readonly Lock gate = new();
    private readonly List<AacFrame> frames = [];
    private readonly Channel<bool> added = Channel.CreateUnbounded<bool>();

    public List<AacFrame> Frames
    {
        get
        {
            lock (gate) return [.. frames];
        }
    }

    public void Add(AacParameters parameters, AacFrame frame)
    {
        lock (gate) frames.Add(frame);
        added.Writer.TryWrite(true);
    }

    public async Task WaitUntilAsync(long time)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Frames is not { Count: > 0 } known || known[^1].Time < time) await added.Reader.ReadAsync(limit.Token);
    }
}
