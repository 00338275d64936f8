using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

using LiveStream.Contracts.Recording;
using LiveStream.HlsPackager.Tests.Publish;
using LiveStream.Objects;

namespace LiveStream.HlsPackager.Tests.Record;

/// <summary>A store in memory that fails or waits as the test says.</summary>
internal sealed class MemoryStore : IObjectStore
{
    private TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _failures;

    public MemoryStore() => _open.SetResult();

    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>So many writes fail before one succeeds.</summary>
    public int Failures
    {
        get => _failures;
        set => _failures = value;
    }

    public void Block() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Unblock() => _open.SetResult();

    /// <summary>The journal's pages in order.</summary>
    public List<RecordingJournalPage> Pages() =>
    [
        .. Objects.Where(pair => pair.Key.StartsWith(RecordingKeys.JournalOf(OriginFixture.Path), StringComparison.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => RecordingJournalPage.ReadAsync(new MemoryStream(pair.Value), default).GetAwaiter().GetResult()!),
    ];

    public async Task PutAsync(string key, string contentType, IReadOnlyList<byte[]> content, CancellationToken cancellationToken)
    {
        await _open.Task.WaitAsync(cancellationToken);
        if (Interlocked.Decrement(ref _failures) >= 0) throw new ObjectStoreException("away");
        Objects[key] = [.. content.SelectMany(block => block)];
    }

    public Task<long> UploadAsync(string key, string contentType, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<StoredObject?> OpenAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async IAsyncEnumerable<string> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var key in Objects.Keys) yield return key;
    }

    public Task<string?> PresignAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public string PathOf(string key) => key;
}
