using LiveStream.Contracts.Rooms.V1;
using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Joining;

/// <summary>What a role's template entry means for a person who joins.</summary>
internal static class JoinPolicy
{
    public static JoinGrant GrantOf(Room room, Role role, string? userId)
    {
        var publish = role.PublishParams;
        var grant = new JoinGrant
        {
            CustomerId = room.CustomerId,
            RoomId = room.Id,
            Role = role.Name,
            UserId = userId ?? "",
            PublishAudio = publish.Allows("audio"),
            PublishVideo = publish.Allows("video"),
            PublishScreen = publish.Allows("screen"),
            MaxVideoKbps = MaxVideoKbpsOf(publish),
        };
        grant.SubscribeToRoles.AddRange(role.SubscribeParams.SubscribeToRoles);
        grant.BroadcastByHls = grant.PublishVideo || grant.PublishScreen;
        return grant;
    }

    // All layers of one source together; camera and screen are separate tracks, so the larger of them counts.
    private static uint MaxVideoKbpsOf(PublishParams publish)
    {
        var camera = publish.Allows("video") ? SumOf(publish.Simulcast?.Video.Layers, publish.Video.BitRate) : 0;
        var screen = publish.Allows("screen") ? SumOf(publish.Simulcast?.Screen.Layers, publish.Screen.BitRate) : 0;
        return (uint)Math.Max(camera, screen);
    }

    private static int SumOf(IReadOnlyList<SimulcastLayer>? layers, int single) => Math.Max(single, layers?.Sum(layer => layer.MaxBitrate) ?? 0);
}
