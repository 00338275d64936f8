using System.Globalization;

namespace LiveStream.HlsPackager.Playlist;

/// <summary>Why a playlist request was answered as it was.</summary>
internal enum ReloadOutcome
{
    /// <summary>The version has what was asked for.</summary>
    Ready,
    /// <summary>The directives are malformed or ask for the far future: 400.</summary>
    BadRequest,
    /// <summary>Nothing came in time: 503.</summary>
    TimedOut,
    /// <summary>Too many requests wait already: 503.</summary>
    TooManyParked,
}

/// <summary>The delivery directives of a playlist request (draft-pantos-hls-rfc8216bis §6.2.5).</summary>
/// <param name="Number"><c>_HLS_msn</c>.</param>
/// <param name="Part"><c>_HLS_part</c>; only with a number.</param>
/// <param name="Skip"><c>_HLS_skip</c> is YES or v2.</param>
internal readonly record struct DeliveryDirectives(long? Number, int? Part, bool Skip)
{
    /// <summary>Reads the query's values; null or empty is absent. False when one is malformed.</summary>
    public static bool TryParse(string? number, string? part, string? skip, out DeliveryDirectives directives)
    {
        directives = default;
        long? parsedNumber = null;
        int? parsedPart = null;
        if (!string.IsNullOrEmpty(number))
        {
            if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
            parsedNumber = value;
        }

        if (!string.IsNullOrEmpty(part))
        {
            if (parsedNumber is null || !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
            parsedPart = value;
        }

        if (!string.IsNullOrEmpty(skip) && skip is not ("YES" or "v2")) return false;
        directives = new DeliveryDirectives(parsedNumber, parsedPart, !string.IsNullOrEmpty(skip));
        return true;
    }
}

/// <summary>
/// Lets requests wait for a playlist's next version (§6.2.5.2). A parked request holds no thread: all of a playlist's wait for one
/// task, and their number is bounded over all playlists.
/// </summary>
internal sealed class BlockingReload(int maxParked, TimeProvider time)
{
    // Further ahead than the segment after the one being written is no request of a working player.
    private const int FurthestAhead = 2;

    private int parked;

    /// <summary>Requests that wait now.</summary>
    public int Parked => Volatile.Read(ref parked);

    /// <summary>Waits until the playlist has the segment or part, or has ended.</summary>
    /// <param name="feed">The rendition's versions.</param>
    /// <param name="number">Media sequence number.</param>
    /// <param name="part">Part index, or null for the whole segment.</param>
    /// <param name="timeout">Three target durations.</param>
    /// <param name="cancellationToken">The client is gone.</param>
    public async ValueTask<(ReloadOutcome Outcome, PlaylistVersion? Version)> WaitAsync(
        VersionFeed feed, long number, int? part, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var version = feed.Current;
        if (version is { Ended: true } || (version?.Contains(number, part) ?? false)) return (ReloadOutcome.Ready, version);
        if (number > (version?.LastCompleteNumber ?? 0) + FurthestAhead) return (ReloadOutcome.BadRequest, null);

        if (!TryPark()) return (ReloadOutcome.TooManyParked, null);
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (true)
            {
                var next = feed.Next;
                version = feed.Current;
                if (version is { Ended: true } || (version?.Contains(number, part) ?? false)) return (ReloadOutcome.Ready, version);
                await next.WaitAsync(either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (ReloadOutcome.TimedOut, null);
        }
        finally
        {
            Interlocked.Decrement(ref parked);
        }
    }

    /// <summary>Waits for a stream, or its multivariant playlist, in the same bounds. False when too many wait already.</summary>
    public async ValueTask<bool> WaitAsync(Task ready, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!TryPark()) return false;
        try
        {
            await ready.WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The caller sees that there is still nothing.
        }
        finally
        {
            Interlocked.Decrement(ref parked);
        }

        return true;
    }

    private bool TryPark()
    {
        if (Interlocked.Increment(ref parked) <= maxParked) return true;
        Interlocked.Decrement(ref parked);
        return false;
    }
}
