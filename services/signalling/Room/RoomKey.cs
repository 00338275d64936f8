namespace LiveStream.Signalling.Room;

/// <summary>Which room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits, unique in all workspaces.</param>
internal readonly record struct RoomKey(string CustomerId, string RoomId);
