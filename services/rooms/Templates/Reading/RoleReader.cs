using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Templates.Reading;

/// <summary>What a request says about a role; null where it says nothing.</summary>
internal sealed record RolePatch(
    string? Name, PublishParams? PublishParams, SubscribeParams? SubscribeParams, Permissions? Permissions, int? Priority, int? MaxPeerCount)
{
    /// <summary>The role with what the request says; what it leaves out stays.</summary>
    public Role ApplyTo(Role role) => role with
    {
        PublishParams = PublishParams ?? role.PublishParams,
        SubscribeParams = SubscribeParams ?? role.SubscribeParams,
        Permissions = Permissions ?? role.Permissions,
        Priority = Priority ?? role.Priority,
        MaxPeerCount = MaxPeerCount ?? role.MaxPeerCount,
    };
}

/// <summary>Reads a role with its ranges and defaults.</summary>
internal static class RoleReader
{
    /// <summary>Most roles of a template.</summary>
    public const int MaxRoles = 100;

    private const int MaxPeers = 1_000_000;
    private const int MaxSubscribedKbps = 1_000_000;

    public static RolePatch Read(Fields role) => new(
        NameOf(role),
        role.Object("publishParams") is { } publish ? PublishReader.Read(publish) : null,
        role.Object("subscribeParams") is { } subscribe ? Subscribe(subscribe) : null,
        role.Object("permissions") is { } permissions ? PermissionsOf(permissions) : null,
        role.OptionalInt("priority", 1, 5),
        role.OptionalInt("maxPeerCount", -1, MaxPeers));

    /// <summary>Why a text cannot name a role; null when it can.</summary>
    public static string? RuleBrokenBy(string name) =>
        !TemplateNames.IsValid(name) ? TemplateNames.Rule : name == Role.Recorder ? "is reserved" : null;

    /// <summary>A list of names of roles, which need not exist.</summary>
    public static IReadOnlyList<string>? RoleNames(Fields fields, string name) =>
        fields.Texts(name, MaxRoles, TemplateNames.MaxLength, text => TemplateNames.IsValid(text) ? null : TemplateNames.Rule);

    private static string? NameOf(Fields role)
    {
        if (role.Text("name", TemplateNames.MaxLength) is not { } name) return null;
        if (RuleBrokenBy(name) is { } rule) role.Error("name", rule);
        return name;
    }

    private static SubscribeParams Subscribe(Fields subscribe)
    {
        var defaults = new SubscribeParams();
        return new SubscribeParams
        {
            SubscribeToRoles = RoleNames(subscribe, "subscribeToRoles") ?? [],
            MaxSubsBitRate = subscribe.Int("maxSubsBitRate", 0, MaxSubscribedKbps, defaults.MaxSubsBitRate),
            SubscribeDegradation = subscribe.Object("subscribeDegradation") is { } degradation ? Degradation(degradation) : null,
        };
    }

    private static SubscribeDegradation Degradation(Fields degradation)
    {
        var defaults = new SubscribeDegradation();
        return new SubscribeDegradation
        {
            PacketLossThreshold = degradation.Int("packetLossThreshold", 1, 100, defaults.PacketLossThreshold),
            DegradeGracePeriodSeconds = degradation.Int("degradeGracePeriodSeconds", 1, 10, defaults.DegradeGracePeriodSeconds),
            RecoverGracePeriodSeconds = degradation.Int("recoverGracePeriodSeconds", 1, 10, defaults.RecoverGracePeriodSeconds),
        };
    }

    private static Permissions PermissionsOf(Fields permissions)
    {
        var pollWrite = permissions.Flag("pollWrite", false);
        return new Permissions
        {
            EndRoom = permissions.Flag("endRoom", false),
            RemoveOthers = permissions.Flag("removeOthers", false),
            Mute = permissions.Flag("mute", false),
            Unmute = permissions.Flag("unmute", false),
            ChangeRole = permissions.Flag("changeRole", false),
            RtmpStreaming = permissions.Flag("rtmpStreaming", true),
            HlsStreaming = permissions.Flag("hlsStreaming", true),
            BrowserRecording = permissions.Flag("browserRecording", true),
            SendRoomState = permissions.Flag("sendRoomState", false),
            PollRead = permissions.Flag("pollRead", false) || pollWrite,
            PollWrite = pollWrite,
        };
    }
}
