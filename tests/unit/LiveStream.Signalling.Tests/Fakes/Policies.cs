using LiveStream.Contracts.Rooms.V1;

namespace LiveStream.Signalling.Tests.Fakes;

/// <summary>The template of the tests: host (may everything), stage (two at most), viewer (real time) and hls (no media).</summary>
internal static class Policies
{
    public static RoomPolicy Show(string roomId = "r1")
    {
        var policy = new RoomPolicy { CustomerId = "c1", RoomId = roomId, Name = "show", TemplateId = "t1" };
        string[] stage = ["host", "stage"];
        Add(policy, "host", ["audio", "video", "screen"], stage, new RolePermissions
        {
            EndRoom = true, RemoveOthers = true, Mute = true, Unmute = true, ChangeRole = true, HlsStreaming = true, BrowserRecording = true,
        });
        Add(policy, "stage", ["audio", "video"], stage, new RolePermissions()).MaxPeerCount = 2;
        Add(policy, "viewer", [], stage, new RolePermissions());
        Add(policy, "hls", [], [], new RolePermissions());
        Add(policy, "nobody", [], [], new RolePermissions()).MaxPeerCount = -1;
        return policy;
    }

    private static RolePolicy Add(RoomPolicy policy, string name, string[] publish, string[] subscribe, RolePermissions permissions)
    {
        var role = new RolePolicy
        {
            Name = name,
            Priority = 1,
            Audio = new AudioQuality { Kbps = 32, Codec = "opus" },
            Video = new VideoQuality { Kbps = 300, Codec = "vp8", FrameRate = 30, Width = 480, Height = 360 },
            Screen = new VideoQuality { Kbps = 500, Codec = "vp8", FrameRate = 10, Width = 1280, Height = 720 },
            MaxSubscribeKbps = 3200,
            Permissions = permissions,
        };
        role.Publish.AddRange(publish);
        role.SubscribeToRoles.AddRange(subscribe);
        policy.Roles.Add(name, role);
        return role;
    }
}
