namespace LiveStream.Signalling.Sessions;

/// <summary>Whether a session may be added.</summary>
internal enum Admission
{
    Admitted,
    /// <summary>The room has as many sessions as one room may have.</summary>
    RoomFull,
    /// <summary>The server has as many sessions as it may have.</summary>
    ServerFull,
    /// <summary>The server is shutting down.</summary>
    Closing,
}

/// <summary>The sessions of now, within their bounds. Safe for concurrent use; does no I/O.</summary>
internal sealed class SessionTable(int maxSessions, int maxSessionsPerRoom)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, MediaSession> _byId = [];
    private readonly Dictionary<string, MediaSession> _byTransport = [];
    private readonly Dictionary<string, int> _roomCounts = [];
    private bool _closing;

    public int Count
    {
        get { lock (_lock) return _byId.Count; }
    }

    public Admission TryAdd(MediaSession session)
    {
        lock (_lock)
        {
            if (_closing) return Admission.Closing;
            if (_byId.Count >= maxSessions) return Admission.ServerFull;
            var inRoom = _roomCounts.GetValueOrDefault(session.RoomId);
            if (inRoom >= maxSessionsPerRoom) return Admission.RoomFull;
            _byId.Add(session.Id, session);
            _byTransport.Add(session.TransportId, session);
            _roomCounts[session.RoomId] = inRoom + 1;
            return Admission.Admitted;
        }
    }

    /// <summary>The session of a session URL; null when any part of the URL is another session's.</summary>
    public MediaSession? Find(SessionKind kind, string roomId, string id)
    {
        lock (_lock)
        {
            return _byId.TryGetValue(id, out var session) && session.Kind == kind && session.RoomId == roomId ? session : null;
        }
    }

    public MediaSession? FindTransport(string transportId)
    {
        lock (_lock) return _byTransport.GetValueOrDefault(transportId);
    }

    /// <summary>True for the one caller who ends the session.</summary>
    public bool Remove(MediaSession session)
    {
        lock (_lock)
        {
            if (!_byId.Remove(session.Id)) return false;
            _byTransport.Remove(session.TransportId);
            if (--_roomCounts[session.RoomId] == 0) _roomCounts.Remove(session.RoomId);
            return true;
        }
    }

    /// <summary>Rooms that have a session.</summary>
    public List<string> RoomIds
    {
        get { lock (_lock) return [.. _roomCounts.Keys]; }
    }

    /// <summary>Whether the room has a session.</summary>
    public bool HasRoom(string roomId)
    {
        lock (_lock) return _roomCounts.ContainsKey(roomId);
    }

    /// <summary>Sessions of a room.</summary>
    public List<MediaSession> Of(string roomId)
    {
        lock (_lock) return [.. _byId.Values.Where(s => s.RoomId == roomId)];
    }

    /// <summary>Sessions whose peer stayed away past its deadline.</summary>
    public List<MediaSession> Overdue(DateTimeOffset now)
    {
        lock (_lock) return [.. _byId.Values.Where(s => s.PeerDeadline <= now)];
    }

    /// <summary>Events of the room were missed for a while: what is known of its sessions is to be told again.</summary>
    public void Doubt(string roomId)
    {
        lock (_lock)
        {
            foreach (var session in _byId.Values.Where(session => session.RoomId == roomId)) (session.PeerDeadline, session.IsInDoubt) = (null, session.IsOpened);
        }
    }

    /// <summary>Admits nobody from now on and returns who is left.</summary>
    public List<MediaSession> Close()
    {
        lock (_lock)
        {
            _closing = true;
            return [.. _byId.Values];
        }
    }
}
