using System.Threading.Channels;

using LiveStream.Contracts.Recording;
using LiveStream.Objects;

using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Record;

/// <summary>
/// Carries one run's objects to the store and keeps its journal. The queue is bounded in items, and with all other runs' in
/// bytes: beyond it a segment is lost, and its line in the journal says so. Init segments are never lost for room: they are small
/// and few, and without one everything behind it cannot be played. As long as there is room, an object is tried again until the
/// store takes it, so that an outage shorter than the queue loses nothing. <see cref="Add"/> and <see cref="Complete"/> are for
/// one thread.
/// </summary>
internal sealed class RecordingUpload : IDisposable
{
    // Lines without their objects still fit when the store is away for long: five renditions for two hours.
    private const int MaxItems = 16 * 1024;
    // Init segments come with a change of the picture's size: one every two minutes for more than a day.
    private const int RoomForInits = 1024;
    private const int BatchSize = 16;
    private const int AtOnce = 4;
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(15);

    private readonly Channel<RecordedItem> _queue = Channel.CreateBounded<RecordedItem>(new BoundedChannelOptions(MaxItems + RoomForInits) { SingleReader = true });
    private readonly CancellationTokenSource _givingUp;
    private readonly IObjectStore _store;
    private readonly RecordingMemory _memory;
    private readonly JournalPages _journal;
    private readonly string _path;
    private readonly RecordingSettings _settings;
    private bool _dropping;

    public RecordingUpload(string path, IObjectStore store, RecordingMemory memory, JournalPages journal, RecordingSettings settings)
    {
        (_path, _store, _memory, _journal, _settings) = (path, store, memory, journal, settings);
        _givingUp = CancellationTokenSource.CreateLinkedTokenSource(settings.Stopping);
        Completion = Task.Run(RunAsync);
    }

    /// <summary>Ends, and never fails, when nothing is added to the store any more.</summary>
    public Task Completion { get; }

    /// <summary>Queues a fact and its object; never waits.</summary>
    public void Add(RecordedItem item)
    {
        var isInit = item is RecordedInit;
        if (isInit)
        {
            _memory.Take(item.Length);
        }
        else if (item.Content is not null && !_memory.TryTake(item.Length))
        {
            // Once for each time that the queue fills up.
            if (!_dropping) _settings.Logger.RecordingDrops(_path);
            _dropping = true;
            _settings.Metrics.RecordingLost();
            item = item.Lose();
        }
        else if (item.Content is not null)
        {
            _dropping = false;
        }

        if ((isInit || _queue.Reader.Count < MaxItems) && _queue.Writer.TryWrite(item)) return;
        _memory.Return(item.Length);
        _settings.Metrics.RecordingLost();
    }

    /// <summary>Nothing follows. What waits has a limited time from now on.</summary>
    public void Complete()
    {
        if (_queue.Writer.TryComplete()) _givingUp.CancelAfter(_settings.DrainTimeout);
    }

    /// <summary>To be called when <see cref="Completion"/> has ended.</summary>
    public void Dispose() => _givingUp.Dispose();

    private async Task RunAsync()
    {
        try
        {
            var batch = new List<RecordedItem>(BatchSize);
            while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                batch.Clear();
                while (batch.Count < BatchSize && _queue.Reader.TryRead(out var item)) batch.Add(item);
                await StoreAsync(batch).ConfigureAwait(false);
            }

            _journal.Close();
            await PutPageAsync(_journal.Current()).ConfigureAwait(false);
        }
        catch (Exception exception) // The task's outermost guard: the live stream goes on, and so does the process.
        {
            _settings.Logger.RecordingFailed(exception, _path);
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var item)) _memory.Return(item.Length);
        }
    }

    // Objects first, then the page that says they are there.
    private async Task StoreAsync(List<RecordedItem> batch)
    {
        var stored = new RecordedItem[batch.Count];
        await Parallel.ForAsync(0, batch.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => stored[i] = await StoreAsync(batch[i]).ConfigureAwait(false)).ConfigureAwait(false);
        var pages = new List<(int Number, RecordingJournalPage Page)>();
        foreach (var item in stored) _journal.Add(item, pages);
        pages.Add(_journal.Current());
        foreach (var page in pages) await PutPageAsync(page).ConfigureAwait(false);
    }

    private async Task<RecordedItem> StoreAsync(RecordedItem item)
    {
        if (item.Content is not { } content) return item;
        var name = item switch { RecordedInit init => init.Name, RecordedSegment segment => segment.Name, _ => throw new InvalidOperationException() };
        try
        {
            if (await TryPutAsync($"{RecordingKeys.FolderOf(_path)}/{name}", ObjectTypes.Of(name), content).ConfigureAwait(false))
            {
                _settings.Metrics.RecordingStored(item.Length);
                return item with { Content = null };
            }
        }
        finally
        {
            _memory.Return(item.Length);
        }

        _settings.Metrics.RecordingLost();
        return item.Lose();
    }

    private Task<bool> PutPageAsync((int Number, RecordingJournalPage Page) page) =>
        TryPutAsync(RecordingKeys.JournalPage(_path, page.Number), ObjectTypes.Of(".json"), [page.Page.ToBytes()]);

    private async Task<bool> TryPutAsync(string key, string contentType, byte[][] content)
    {
        for (var pause = s_firstPause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            try
            {
                await _store.PutAsync(key, contentType, content, _givingUp.Token).ConfigureAwait(false);
                return true;
            }
            catch (ObjectStoreException exception)
            {
                _settings.Logger.RecordingPutFailed(key, exception.Message, pause);
                await Task.Delay(pause, _settings.Time, _givingUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                // Told below.
            }

            if (!_givingUp.IsCancellationRequested) continue;
            _settings.Logger.RecordingGivenUp(key);
            return false;
        }
    }
}

/// <summary>What all runs' uploads share.</summary>
/// <param name="DrainTimeout">How long the store may take for what waits when a stream ends.</param>
/// <param name="Time">For pauses.</param>
/// <param name="Metrics">What is stored and lost is counted there.</param>
/// <param name="Logger">What goes wrong is told there.</param>
/// <param name="Stopping">The process ends.</param>
internal sealed record RecordingSettings(TimeSpan DrainTimeout, TimeProvider Time, PackagerMetrics Metrics, ILogger Logger, CancellationToken Stopping);
