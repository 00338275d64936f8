using System.Collections.Concurrent;

using LiveStream.Contracts;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;

using Microsoft.Extensions.Logging;

namespace LiveStream.Rooms.Streams;

/// <summary>
/// Which streams a packager has, and what becomes of those that it has lost: a live one is started again under the same URL, and
/// its playlists go on behind a discontinuity; of the others there is nothing to wait for.
/// </summary>
internal sealed class LostStreams(LiveStreamStore store, RoomsStore rooms, IPackagerControl packager, TimeProvider time, ILogger<LostStreams> logger)
{
    // Two numbers a second: no stream has cut as many segments, and nobody has to remember how many it has cut.
    private const int NumbersPerSecond = 2;

    // Of one that was lost at once, which had its first number, 1.
    private const int LeastNumber = 2;

    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);

    /// <summary>A packager has the stream.</summary>
    public void Know(string streamId) => _known[streamId] = 0;

    /// <summary>Takes a report: a stream is known until it has ended and its recording is at rest.</summary>
    public void Take(StreamChanged change)
    {
        if (change.State is StreamState.Starting or StreamState.Running || change.Recording == RecordingState.Writing) Know(change.StreamId);
        else _known.TryRemove(change.StreamId, out _);
    }

    /// <summary>Those that are not among the ones that packagers have told of.</summary>
    public IReadOnlyList<string> Missing(IReadOnlySet<string> present) => [.. _known.Keys.Where(id => !present.Contains(id))];

    /// <summary>Starts the stream again where it is live. Fails, for another try, where no packager can be reached.</summary>
    public async Task ContinueAsync(string streamId, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(streamId, cancellationToken) is { IsLive: true } run && await TryStartAsync(run, cancellationToken) is { } start)
        {
            logger.StreamContinues(run.Id, run.RoomId, start);
            return;
        }

        var changed = await store.ChangeAsync(streamId, row => Close(row, time.GetUtcNow(), "the packager was lost"), cancellationToken);
        if (changed is ({ } closed, true)) logger.StreamChanged(closed.Id, closed.RoomId, closed.Status, closed.Reason);
        _known.TryRemove(streamId, out _);
    }

    /// <summary>Nobody packages it any more, and nobody adds to its recording. True if that is news.</summary>
    public static bool Close(LiveStreamRun run, DateTimeOffset now, string reason)
    {
        var changed = run.Status switch
        {
            LiveStreamStatus.PostProcessing => false,
            LiveStreamStatus.Stopping => run.Complete(now, reason, recorded: true),
            _ => run.Fail(now, reason),
        };
        return run.Rest(now) || changed;
    }

    /// <summary>What the packager is told of a run.</summary>
    public static StartStreamRequest RequestOf(LiveStreamRun run, Template template, HlsDestination destination)
    {
        var request = new StartStreamRequest
        {
            StreamId = run.Id,
            CustomerId = run.CustomerId,
            RoomId = run.RoomId,
            Path = run.Path,
            PlaylistType = destination.PlaylistType == "event" ? PlaylistType.Event : PlaylistType.Live,
            WindowSegments = (uint)Math.Clamp(destination.NumPlaylistSegments, 3, 150),
            StaticUrl = destination.EnableStaticUrl,
            Record = run.HlsVod,
            RecordingPaused = run.RecordingPaused,
            AutoStopSeconds = (uint)destination.AutoStopTimeout,
            LongestSeconds = (uint)destination.MaxDuration,
        };
        request.FromRoles.AddRange(template.Document.Roles.Values
            .Where(role => role.PublishParams.Allowed is { Count: > 0 })
            .Select(role => role.Name).Order(StringComparer.Ordinal));
        return request;
    }

    // Number of its next segment; null where it cannot go on.
    private async Task<uint?> TryStartAsync(LiveStreamRun run, CancellationToken cancellationToken)
    {
        var room = await rooms.FindRoomAsync(run.CustomerId, run.RoomId, cancellationToken);
        if (room?.Template.Document.Destinations.HlsDestinations.GetValueOrDefault(run.Destination) is not { } destination) return null;
        var request = RequestOf(run, room.Template, destination);
        var age = time.GetUtcNow() - run.CreatedAt;
        request.FirstSegment = (uint)Math.Max(LeastNumber, age.TotalSeconds * NumbersPerSecond);
        request.LongestSeconds = (uint)Math.Clamp(destination.MaxDuration - age.TotalSeconds, 1, destination.MaxDuration);
        try
        {
            await packager.StartStreamAsync(request, cancellationToken);
            return request.FirstSegment;
        }
        catch (ControlException e) when (e.Error == ControlError.AlreadyExists)
        {
            // The answer to an earlier try was lost.
            return request.FirstSegment;
        }
        catch (ControlException e) when (e.Error != ControlError.Unavailable)
        {
            logger.StreamRefused(run.Id, e.Message);
            return null;
        }
    }
}
