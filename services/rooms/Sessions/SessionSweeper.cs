using LiveStream.Contracts;
using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.RoomControl.V1;
using LiveStream.Rooms.ActiveRooms;
using LiveStream.Rooms.Domain;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Sessions;

/// <summary>
/// Closes sessions that nobody is in any more although nobody said so: whoever admitted the people died. A session is closed
/// when it is missed twice in a row, for reports of its beginning and end are on their way for a moment.
/// </summary>
internal sealed class SessionSweeper(
    SessionStore sessions, ISessionWriter writer, IRoomControl control, TimeProvider time, IOptions<RoomsOptions> options, ILogger<SessionSweeper> logger)
    : BackgroundService
{
    private readonly Dictionary<string, DateTimeOffset> _missedSince = new(StringComparer.Ordinal);

    /// <summary>Looks once; one call at a time.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var missed = new List<Session>();
        foreach (var session in await sessions.ListActiveAsync(cancellationToken))
        {
            if (await IsMissedAsync(session, cancellationToken)) missed.Add(session);
        }

        foreach (var session in missed)
        {
            if (!_missedSince.TryGetValue(session.Id, out var since)) continue;
            if (await writer.CloseAsync(session.Id, since, cancellationToken)) logger.SessionSwept(session.Id, session.RoomId);
        }

        var before = new Dictionary<string, DateTimeOffset>(_missedSince, StringComparer.Ordinal);
        _missedSince.Clear();
        foreach (var session in missed) _missedSince[session.Id] = before.GetValueOrDefault(session.Id, now);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Without anybody who admits people there is nobody to ask.
        if (control is NoRoomControl) return;
        using var timer = new PeriodicTimer(options.Value.SessionSweep, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                await SweepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // A database that is away may not end the sweeps for good.
                logger.SweepFailed(e);
            }
        }
    }

    private async Task<bool> IsMissedAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            var active = await control.GetActiveRoomAsync(new GetActiveRoomRequest { RoomId = session.RoomId }, cancellationToken);
            return active.SessionId != session.Id;
        }
        catch (ControlException e)
        {
            // Who does not answer may have it.
            return e.Error == ControlError.NotFound;
        }
    }
}
