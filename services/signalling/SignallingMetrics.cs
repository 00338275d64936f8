using System.Diagnostics.Metrics;

using LiveStream.Signalling.Room;

namespace LiveStream.Signalling;

/// <summary>Meters of rooms and their sockets. Safe for concurrent use.</summary>
internal sealed class SignallingMetrics : IDisposable
{
    private readonly Meter _meter = new("LiveStream.Signalling");
    private readonly Counter<long> _received;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _ended;

    public SignallingMetrics()
    {
        _received = _meter.CreateCounter<long>("signalling_messages_received", "messages", "Frames of clients that a room took, by method.");
        _refused = _meter.CreateCounter<long>("signalling_messages_refused", "messages", "Requests and notifications that were refused, by code.");
        _sent = _meter.CreateCounter<long>("signalling_messages_sent", "messages", "Frames queued for clients; one to many counts for each.");
        _ended = _meter.CreateCounter<long>("signalling_sockets_ended", "sockets", "Sockets that ended, by how.");
    }

    /// <summary>Reads the gauges from the rooms when asked.</summary>
    public void Watch(RoomTable rooms)
    {
        _meter.CreateObservableGauge("signalling_rooms", () => rooms.RoomCount, "rooms", "Rooms that somebody is in.");
        _meter.CreateObservableGauge("signalling_peers", () => rooms.PeerCount, "peers", "Peers of all rooms, those before joining and those without a socket included.");
        _meter.CreateObservableGauge("signalling_sockets", () => rooms.SocketCount, "sockets", "Open WebSockets.");
    }

    public void Received(string method) => _received.Add(1, new KeyValuePair<string, object?>("method", method));

    public void Refused(int code) => _refused.Add(1, new KeyValuePair<string, object?>("code", code));

    public void Sent(int sockets) => _sent.Add(sockets);

    public void SocketEnded(SocketEnd end) => _ended.Add(1, new KeyValuePair<string, object?>("how", end == SocketEnd.Deliberate ? "closed" : "lost"));

    public void Dispose() => _meter.Dispose();
}
