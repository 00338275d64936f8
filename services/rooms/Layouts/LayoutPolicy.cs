using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Layouts;

/// <summary>What each role of a template sees in the Prebuilt client, derived from what the role may do.</summary>
internal static class LayoutPolicy
{
    private const string GoLive = "JOIN_BTN_TYPE_JOIN_AND_GO_LIVE";
    private const string JoinOnly = "JOIN_BTN_TYPE_JOIN_ONLY";

    /// <summary>Layouts of all roles, that of the caller's first: the client starts with the first one and looks up the others by role.</summary>
    public static IReadOnlyList<Layout> LayoutsFor(Template template, string appId, string ownRole) =>
    [
        .. template.Document.Roles.Values
            .OrderBy(role => role.Name != ownRole).ThenBy(role => role.Priority).ThenBy(role => role.Name, StringComparer.Ordinal)
            .Select(role => LayoutFor(template, appId, role)),
    ];

    /// <summary>The layout of one role.</summary>
    public static Layout LayoutFor(Template template, string appId, Role role)
    {
        var elements = ElementsFor(template.Document, role);
        return new Layout(
            template.Id,
            role.Name,
            RoleId: role.Name,
            template.Id,
            appId,
            new Typography("Inter"),
            new Logo(""),
            // None: the client's own dark theme.
            Themes: [],
            new Empty(),
            new Screens(
                new PreviewScreen(new PreviewVariant(new PreviewElements(HeaderFor(role), JoinFormFor(template.Document, role))), SkipPreviewScreen: false),
                WatchesHls(role) ? new ConferencingScreen(null, elements) : new ConferencingScreen(elements, null),
                new LeaveScreen(new LeaveVariant(new Empty()))));
    }

    /// <summary>The role for people who are asked on stage: it publishes but runs nothing. Null when the template has none.</summary>
    public static Role? StageRole(TemplateDocument document) => document.Roles.Values
        .Where(role => role.PublishParams.AllowsAnything && !role.Permissions.ChangeRole && !MayGoLive(document, role))
        // Of several the one that says so; else the one with the least weight.
        .OrderByDescending(role => role.Name.Contains("stage", StringComparison.OrdinalIgnoreCase))
        .ThenByDescending(role => role.Priority)
        .ThenBy(role => role.Name, StringComparer.Ordinal)
        .FirstOrDefault();

    /// <summary>Receives nobody over WebRTC and sends nothing: the player is all there is to see.</summary>
    private static bool WatchesHls(Role role) => !role.PublishParams.AllowsAnything && role.SubscribeParams.SubscribeToRoles.Count == 0;

    private static bool MayGoLive(TemplateDocument document, Role role) =>
        role.Permissions.HlsStreaming && role.PublishParams.AllowsAnything && document.Destinations.HlsDestinations.Count > 0 && !document.AutoStartsRecording;

    private static ConferencingVariant ElementsFor(TemplateDocument document, Role role)
    {
        var publishes = role.PublishParams.AllowsAnything;
        var stage = StageFor(document, role);
        return new ConferencingVariant(new ConferencingElements
        {
            Chat = ChatFor(document, role),
            VideoTileLayout = WatchesHls(role) ? null : new VideoTileLayout(GridFor(document, role)),
            OnStage = stage,
            BeRightBack = publishes ? new Empty() : null,
            // Somebody must be able to answer a raised hand.
            HandRaise = document.Roles.Values.Any(other => other.Permissions.ChangeRole) && (publishes || IsInvited(document, role)) ? new Empty() : null,
            Header = new HeaderElement("", ""),
        });
    }

    private static bool IsInvited(TemplateDocument document, Role role) =>
        document.Roles.Values.Any(other => StageFor(document, other)?.OffStageRoles.Contains(role.Name) == true);

    private static OnStageElement? StageFor(TemplateDocument document, Role role)
    {
        if (!role.Permissions.ChangeRole || WatchesHls(role) || StageRole(document) is not { } stage) return null;
        var audience = document.Roles.Values
            .Where(other => !other.PublishParams.AllowsAnything)
            .OrderBy(other => other.Priority).ThenBy(other => other.Name, StringComparer.Ordinal)
            .Select(other => other.Name).ToArray();
        return audience.Length == 0
            ? null
            : new OnStageElement("Bring to stage", "Remove from stage", stage.Name, audience, SkipPreviewForRoleChange: false);
    }

    private static ChatElement ChatFor(TemplateDocument document, Role role)
    {
        var permissions = role.Permissions;
        return new ChatElement(
            // Chat is what an HLS viewer does; on stage it would cover people.
            WatchesHls(role) ? "CHAT_STATE_OPEN" : "CHAT_STATE_CLOSE",
            IsOverlay: false,
            PublicChatEnabled: true,
            PrivateChatEnabled: role.PublishParams.AllowsAnything,
            RolesWhitelist: role.PublishParams.AllowsAnything ? [.. document.Roles.Keys.Order(StringComparer.Ordinal)] : [],
            AllowPinningMessages: permissions.ChangeRole || permissions.EndRoom,
            ChatTitle: "Chat",
            MessagePlaceholder: "Send a message",
            new ChatControls(CanDisableChat: permissions.EndRoom, CanBlockUser: permissions.RemoveOthers, CanHideMessage: permissions.RemoveOthers));
    }

    private static TileGrid GridFor(TemplateDocument document, Role role)
    {
        var hosts = document.Roles.Values.Where(other => MayGoLive(document, other)).Select(other => other.Name).Order(StringComparer.Ordinal).ToArray();
        return new TileGrid(
            EnableLocalTileInset: role.PublishParams.AllowsAnything,
            // Those who run the show are large; where nobody does, all are alike.
            ProminentRoles: hosts,
            EnableSpotlightingPeer: role.Permissions.ChangeRole);
    }

    private static PreviewHeader HeaderFor(Role role) => role.PublishParams.AllowsAnything
        ? new PreviewHeader("Get ready", "Check your camera and microphone before you join")
        : new PreviewHeader("Welcome", "Enter your name to join");

    private static JoinForm JoinFormFor(TemplateDocument document, Role role) =>
        new(MayGoLive(document, role) ? GoLive : JoinOnly, "Join Now", "Go Live");
}
