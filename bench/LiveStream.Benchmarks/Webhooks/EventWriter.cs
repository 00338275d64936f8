using System.Globalization;
using LiveStream.Contracts.Events;
using LiveStream.Contracts.Events.V1;
using Microsoft.Data.Sqlite;

namespace LiveStream.Benchmarks.Webhooks;

/// <summary>
/// Writes to a server's event log as another process of the platform does, so that the cost of making events is not the
/// server's. People who join rooms; the peer's id counts within its room.
/// </summary>
internal sealed class EventWriter : IDisposable
{
    private static readonly EventType Type = EventCatalog.Of(typeof(PeerJoined));

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly string _customerId;

    public EventWriter(string data, string customerId)
    {
        _customerId = customerId;
        _connection = new SqliteConnection($"Data Source={Path.Combine(data, "livestream.db")};Pooling=False;Default Timeout=30");
        _connection.Open();
        _insert = _connection.CreateCommand();
        _insert.CommandText = "INSERT INTO events (message_id, type, key, body, created_at) VALUES (@id, @type, @key, @body, @at)";
        foreach (var name in (string[])["@id", "@type", "@key", "@body", "@at"]) _insert.Parameters.AddWithValue(name, "");
    }

    /// <summary>Adds events in one transaction.</summary>
    public void Write(IEnumerable<(string RoomId, int Number)> events)
    {
        using var transaction = _connection.BeginTransaction();
        _insert.Transaction = transaction;
        foreach (var (roomId, number) in events)
        {
            var now = DateTimeOffset.UtcNow;
            var joined = new PeerJoined(
                _customerId, roomId, "65ee00000000000000000005", number.ToString(CultureInfo.InvariantCulture), "Asha", "broadcaster", "u-7", now, "{}", now);
            _insert.Parameters[0].Value = Guid.NewGuid().ToString("D");
            _insert.Parameters[1].Value = Type.Name;
            _insert.Parameters[2].Value = roomId;
            _insert.Parameters[3].Value = Type.Write(joined);
            _insert.Parameters[4].Value = now.ToUnixTimeMilliseconds();
            _insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }
}
