using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.RoomControl.V1;
using LiveStream.Hosting.Errors;

using Microsoft.AspNetCore.Http;

namespace LiveStream.Rooms.Endpoints.Rest;

/// <summary>Reads what servers ask of a room that people are in.</summary>
internal static class ActiveRoomBody
{
    public const int MaxBytes = 64 * 1024;

    private const int MaxNameLength = 256;
    private const int MaxMetadataLength = 16 * 1024;
    private const int MaxMessageLength = 16 * 1024;
    private const int MaxReasonLength = 1024;
    private const int MaxIdLength = RoomControlLimits.MaxPeerIdLength;

    /// <summary>A person's id from a path. Fails with <see cref="ApiException"/> (404) for what cannot be one.</summary>
    public static string PeerId(string text) => text.Length <= MaxIdLength && !text.Any(char.IsControl)
        ? text
        : throw new ApiException(StatusCodes.Status404NotFound, "peer not found");

    public static UpdatePeerRequest ReadUpdate(BodyFields body)
    {
        var request = new UpdatePeerRequest();
        var (name, role, metadata) = (body.Text("name", MaxNameLength), body.Text("role", MaxNameLength), body.Text("metadata", MaxMetadataLength));
        if (name.IsGiven) request.Name = name.Value;
        if (role.IsGiven) request.Role = role.Value;
        if (metadata.IsGiven) request.Metadata = metadata.Value;
        return request;
    }

    public static SendMessageRequest ReadMessage(BodyFields body)
    {
        var (message, type) = (body.Text("message", MaxMessageLength), body.Text("type", MaxNameLength));
        if (!body.Has("message")) body.Wrong("message is required");
        var request = new SendMessageRequest { Message = message.Or(""), Type = type.Or("chat") };
        var (peer, role) = ReadWho(body);
        if (peer is not null) request.PeerId = peer;
        else if (role is not null) request.Role = role;
        return request;
    }

    public static RemovePeersRequest ReadRemoval(BodyFields body)
    {
        var request = new RemovePeersRequest { Reason = body.Text("reason", MaxReasonLength).Or("") };
        var (peer, role) = ReadWho(body);
        if (peer is not null) request.PeerId = peer;
        else if (role is not null) request.Role = role;
        else body.Wrong("peer_id or role is required");
        return request;
    }

    public static (string Reason, bool Lock) ReadEnd(BodyFields body) => (body.Text("reason", MaxReasonLength).Or(""), body.Flag("lock").Or(false));

    // The published SDK writes peerId for messages; not to know it would send a private message to everybody.
    private static (string? PeerId, string? Role) ReadWho(BodyFields body)
    {
        var (peer, alias, role) = (body.Text("peer_id", MaxIdLength), body.Text("peerId", MaxIdLength), body.Text("role", MaxNameLength));
        var id = peer.IsGiven ? peer : alias;
        if (id is { IsGiven: true, Value.Length: 0 }) body.Wrong("peer_id is empty");
        if (role is { IsGiven: true, Value.Length: 0 }) body.Wrong("role is empty");
        return (id.IsGiven ? id.Value : null, role.IsGiven ? role.Value : null);
    }
}
