namespace LiveStream.Rpc;

/// <summary>The services that others call.</summary>
public enum Peer
{
    /// <summary>Rooms: the directory, live rooms, workspaces, recordings.</summary>
    Rooms,
    /// <summary>Signalling: what servers do in a room.</summary>
    Signalling,
    /// <summary>The SFU node.</summary>
    Sfu,
    /// <summary>The HLS packager.</summary>
    Packager,
    /// <summary>Webhooks: signing secrets.</summary>
    Webhooks,
}
