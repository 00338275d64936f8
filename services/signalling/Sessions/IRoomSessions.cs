namespace LiveStream.Signalling.Sessions;

/// <summary>The WHIP and WHEP sessions of rooms, as whoever ends a room sees them.</summary>
internal interface IRoomSessions
{
    /// <summary>Whether the room has one.</summary>
    bool IsIn(string roomId);

    /// <summary>Ends a room's sessions.</summary>
    Task CloseRoomAsync(string roomId, string reason);
}
