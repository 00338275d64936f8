using Google.Protobuf.WellKnownTypes;

using LiveStream.Contracts;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;

using Microsoft.Extensions.Logging;

namespace LiveStream.Signalling.Endpoints;

/// <summary>
/// Tells the customer's server of people whose token is good and whose role the room's template lacks. Sparingly: who tries
/// again and again is no news.
/// </summary>
internal sealed class EntryRefusals(ILiveRooms rooms, TimeProvider time, ILogger<EntryRefusals> logger)
{
    private const int MostInASecond = 10;

    // As customers know it; the client is told in other words.
    private const string Reason = "role not allowed";

    private readonly Lock _lock = new();
    private long _second;
    private int _told;

    /// <summary>Tells of one attempt. Fails with nothing but the end of the wait.</summary>
    public async Task TellAsync(JoinGrant grant, string peerId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!IsAdmitted(now.ToUnixTimeSeconds())) return;
        var report = new SessionReport
        {
            CustomerId = grant.CustomerId,
            RoomId = grant.RoomId,
            At = Timestamp.FromDateTimeOffset(now),
            JoinRefused = new JoinRefused { PeerId = peerId, Role = grant.Role, UserId = grant.UserId, Reason = Reason },
        };
        try
        {
            await rooms.ReportSessionAsync(report, cancellationToken);
        }
        catch (ControlException e)
        {
            logger.RefusalUntold(peerId, grant.RoomId, e.Error, e.Message);
        }
    }

    private bool IsAdmitted(long second)
    {
        lock (_lock)
        {
            if (second != _second) (_second, _told) = (second, 0);
            return _told++ < MostInASecond;
        }
    }
}
