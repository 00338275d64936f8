using LiveStream.Contracts.RoomControl;

namespace LiveStream.Signalling.Protocol;

/// <summary>Bounds of what a client may say. Lengths are in UTF-16 units unless the name says otherwise.</summary>
internal static class ProtocolLimits
{
    /// <summary>Nesting of a frame, the frame itself included.</summary>
    public const int MaxDepth = 32;

    /// <summary>Of a request id as written in the frame.</summary>
    public const int MaxIdLength = 128;

    /// <summary>Of a method's name.</summary>
    public const int MaxMethodLength = 64;

    /// <summary>Of ids of peers, tracks and streams.</summary>
    public const int MaxEntityIdLength = RoomControlLimits.MaxPeerIdLength;

    /// <summary>Of names of peers, roles and groups.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Of a peer's metadata.</summary>
    public const int MaxMetadataLength = 16 * 1024;

    /// <summary>Of reasons and descriptions.</summary>
    public const int MaxTextLength = 1024;

    /// <summary>Of a key of the session store.</summary>
    public const int MaxStoreKeyLength = 128;

    /// <summary>Of a value of the session store, as JSON text.</summary>
    public const int MaxStoreValueLength = 64 * 1024;

    /// <summary>Of all values of a session store together: who asks for all of them is given that much.</summary>
    public const int MaxStoreLength = 1024 * 1024;

    /// <summary>Of the metadata of all peers of a room together: everybody who joins is given that much.</summary>
    public const int MaxRoomMetadataLength = 2 * 1024 * 1024;

    /// <summary>The same for a large room, where who joins is told of a few peers only.</summary>
    public const int MaxLargeRoomMetadataLength = 16 * 1024 * 1024;

    /// <summary>Of a session description.</summary>
    public const int MaxSdpLength = 256 * 1024;

    /// <summary>Of an ICE candidate (RFC 8839 gives none; browsers stay far below).</summary>
    public const int MaxCandidateLength = 1024;

    /// <summary>Tracks that one peer may announce.</summary>
    public const int MaxTracks = 16;

    /// <summary>Groups that one peer may be in.</summary>
    public const int MaxGroups = 16;

    /// <summary>Raised hands of a large room, where everybody is told of each.</summary>
    public const int MaxRaisedHands = 200;

    /// <summary>Roles, peers or keys that one request may list.</summary>
    public const int MaxListed = 100;

    /// <summary>Keys of a room's session store.</summary>
    public const int MaxStoreKeys = 100;

    /// <summary>Peers in one page of a search.</summary>
    public const int MaxPage = 100;
}
