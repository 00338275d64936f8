using LiveStream.Contracts.Rooms.V1;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;

namespace LiveStream.Rooms.Joining;

/// <summary>A room's template as signalling needs it while people are inside.</summary>
internal static class RoomPolicies
{
    private static readonly string[] s_kinds = ["audio", "video", "screen"];

    public static RoomPolicy PolicyOf(RoomWithTemplate found)
    {
        var (room, template) = (found.Room, found.Template);
        var policy = new RoomPolicy
        {
            CustomerId = room.CustomerId,
            RoomId = room.Id,
            Name = room.Name,
            Description = room.Description,
            TemplateId = template.Id,
            MaxPeers = (uint)(room.Size is > 0 and var size ? size : room.LargeRoom ? RoomRules.MaxLargeSize : RoomRules.MaxSize),
            MaxDurationSeconds = (uint)(room.MaxDurationSeconds ?? RoomRules.MaxDurationSeconds),
            LargeRoom = room.LargeRoom,
        };
        foreach (var (name, role) in template.Document.Roles) policy.Roles.Add(name, PolicyOf(name, role));
        return policy;
    }

    private static RolePolicy PolicyOf(string name, Role role)
    {
        var (publish, subscribe) = (role.PublishParams, role.SubscribeParams);
        var policy = new RolePolicy
        {
            Name = name,
            Priority = role.Priority,
            MaxPeerCount = role.MaxPeerCount,
            Audio = new AudioQuality { Kbps = Positive(publish.Audio.BitRate), Codec = publish.Audio.Codec },
            Video = QualityOf(publish.Video),
            Screen = QualityOf(publish.Screen),
            MaxSubscribeKbps = Positive(subscribe.MaxSubsBitRate),
            Permissions = PermissionsOf(role.Permissions),
            // What a live stream shows of it is every role that publishes; see LiveStreams.
            BroadcastByHls = publish.Allows("video") || publish.Allows("screen"),
        };
        policy.Publish.AddRange(s_kinds.Where(publish.Allows));
        policy.SubscribeToRoles.AddRange(subscribe.SubscribeToRoles);
        policy.VideoLayers.AddRange(LayersOf(publish.Simulcast?.Video));
        policy.ScreenLayers.AddRange(LayersOf(publish.Simulcast?.Screen));
        return policy;
    }

    private static VideoQuality QualityOf(VideoParams video) => new()
    {
        Kbps = Positive(video.BitRate),
        Codec = video.Codec,
        FrameRate = Positive(video.FrameRate),
        Width = Positive(video.Width),
        Height = Positive(video.Height),
    };

    private static IEnumerable<EncodingLayer> LayersOf(SimulcastSource? source) =>
        (source?.Layers ?? []).Select(layer => new EncodingLayer
        {
            Rid = layer.Rid,
            ScaleResolutionDownBy = layer.ScaleResolutionDownBy,
            MaxKbps = Positive(layer.MaxBitrate),
            MaxFrameRate = Positive(layer.MaxFramerate),
        });

    private static RolePermissions PermissionsOf(Permissions permissions) => new()
    {
        EndRoom = permissions.EndRoom,
        RemoveOthers = permissions.RemoveOthers,
        Mute = permissions.Mute,
        Unmute = permissions.Unmute,
        ChangeRole = permissions.ChangeRole,
        HlsStreaming = permissions.HlsStreaming,
        RtmpStreaming = permissions.RtmpStreaming,
        BrowserRecording = permissions.BrowserRecording,
        PollRead = permissions.PollRead,
        PollWrite = permissions.PollWrite,
    };

    private static uint Positive(int value) => (uint)Math.Max(0, value);
}
