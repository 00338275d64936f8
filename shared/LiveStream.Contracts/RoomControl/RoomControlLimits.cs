namespace LiveStream.Contracts.RoomControl;

/// <summary>Bounds that whoever admits people and whoever asks for them by REST have in common.</summary>
public static class RoomControlLimits
{
    /// <summary>Of a peer's id, which the client chooses; UTF-16 units.</summary>
    public const int MaxPeerIdLength = 128;
}
