using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;

namespace LiveStream.Signalling.Room.State;

/// <summary>The policy of a room as the state machine asks it and as clients are told it.</summary>
internal sealed class RoomRules
{
    private static readonly RolePermissions s_none = new();

    private readonly Dictionary<string, RoleShape> _shapes;

    public RoomRules(RoomPolicy policy)
    {
        Policy = policy;
        _shapes = policy.Roles.ToDictionary(pair => pair.Key, pair => ShapeOf(pair.Value), StringComparer.Ordinal);
    }

    public RoomPolicy Policy { get; }

    public string RoomId => Policy.RoomId;

    /// <summary>The role of that name; null for one that the template does not have.</summary>
    public RolePolicy? Find(string? role) => role is not null && Policy.Roles.TryGetValue(role, out var found) ? found : null;

    public RolePermissions PermissionsOf(string role) => Find(role)?.Permissions ?? s_none;

    /// <summary>Whether a role may publish a track like that.</summary>
    public bool MayPublish(string role, TrackInfo track) =>
        Find(role)?.Publish.Contains(track.Source == "screen" ? "screen" : track.Type) == true;

    /// <summary>Whether a role may publish anything.</summary>
    public bool Publishes(string role) => Find(role)?.Publish.Count > 0;

    /// <summary>What a peer of that role is told.</summary>
    public OnPolicyChange PolicyFor(string role) => new(role, _shapes, Policy.TemplateId);

    private static RoleShape ShapeOf(RolePolicy role)
    {
        var permissions = role.Permissions ?? s_none;
        return new RoleShape(
            role.Name,
            role.Priority,
            new PublishShape([.. role.Publish], ShapeOf(role.Audio ?? new()), ShapeOf(role.Video ?? new()), ShapeOf(role.Screen ?? new()), SimulcastOf(role)),
            new SubscribeShape([.. role.SubscribeToRoles], role.MaxSubscribeKbps),
            new PermissionsShape(
                permissions.EndRoom, permissions.RemoveOthers, permissions.Unmute, permissions.Mute, permissions.ChangeRole,
                permissions.HlsStreaming,
                // Clients would show buttons whose calls are refused: what they ask for is not there.
                RtmpStreaming: false, BrowserRecording: false, PollRead: false, PollWrite: false));
    }

    private static AudioShape ShapeOf(AudioQuality audio) => new(audio.Kbps, audio.Codec);

    private static VideoShape ShapeOf(VideoQuality video) => new(video.Kbps, video.Codec, video.FrameRate, video.Width, video.Height);

    private static SimulcastShape? SimulcastOf(RolePolicy role) => role.VideoLayers.Count + role.ScreenLayers.Count == 0
        ? null
        : new SimulcastShape(LayersOf(role.VideoLayers), LayersOf(role.ScreenLayers));

    // Without a bit rate the sender decides.
    private static LayersShape LayersOf(IEnumerable<EncodingLayer> layers) => new([.. layers.Select(layer =>
        new LayerShape(layer.Rid, layer.ScaleResolutionDownBy, layer.MaxKbps == 0 ? null : layer.MaxKbps, layer.MaxFrameRate))]);
}

/// <summary>Bounds of a room that are the server's, not the template's.</summary>
internal sealed record RoomLimits
{
    /// <summary>Peers of any stage.</summary>
    public int MaxPeers { get; init; } = 20_000;

    /// <summary>How long a peer stays without a socket.</summary>
    public TimeSpan ReconnectGrace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an invitation may be accepted.</summary>
    public TimeSpan InviteLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>UTF-16 units of a chat message or custom event.</summary>
    public int MaxMessageLength { get; init; } = 16 * 1024;

    /// <summary>Peers up to which every change of the counts is told at once; above, once a tick.</summary>
    public int PromptCountsUpTo { get; init; } = 50;
}
