using LiveStream.HlsPackager.Playlist;
using Microsoft.Extensions.Options;

namespace LiveStream.HlsPackager.Publish;

/// <summary>
/// Finds runs, also those that are about to go on here: a player that asks in between waits for the first picture. Runs that began
/// after this process did were never lost by another one.
/// </summary>
internal sealed class TakeOvers(StreamRegistry registry, BlockingReload reload, IOptions<PackagerOptions> options, TimeProvider time)
{
    // After that time streams that were lost before this process began are somewhere, or over.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);

    private readonly DateTimeOffset began = time.GetUtcNow();

    /// <summary>The run; null for one that is not here and does not come.</summary>
    public ValueTask<LiveOutput?> FindAsync(RunPath path, CancellationToken cancellationToken)
    {
        var output = registry.Find(path);
        var known = output is { Continues: false } or { Ready.IsCompleted: true };
        return known || (output is null && !MayCome(path)) ? ValueTask.FromResult(output) : WaitAsync(path, cancellationToken);
    }

    private bool MayCome(RunPath path) => path.BeganAt < began.ToUnixTimeMilliseconds() && time.GetUtcNow() - began < Settled;

    private async ValueTask<LiveOutput?> WaitAsync(RunPath path, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var next = registry.Next;
            var output = registry.Find(path);
            var left = options.Value.TakeOverWait - time.GetElapsedTime(since);
            if (output is { Ready.IsCompleted: true } || left <= TimeSpan.Zero) return output;
            if (!await reload.WaitAsync(output?.Ready ?? next, left, cancellationToken).ConfigureAwait(false)) return output;
        }
    }
}
