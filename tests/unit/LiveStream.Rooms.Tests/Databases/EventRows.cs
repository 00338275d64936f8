using LiveStream.Rooms.Storage;
using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Tests.Databases;

internal static class EventRows
{
    /// <summary>
    /// The events of a query in the order of the log. PostgreSQL gives them their places a moment after the commit; until then they have
    /// no order.
    /// </summary>
    public static async Task<List<EventRow>> InOrderAsync(this IQueryable<EventRow> events)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var rows = await events.AsNoTracking().OrderBy(e => e.Position).ToListAsync(limit.Token);
            if (rows.TrueForAll(row => row.Position is not null)) return rows;
            await Task.Delay(20, limit.Token);
        }
    }
}
