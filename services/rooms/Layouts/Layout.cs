using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Layouts;

/// <summary>
/// What the Prebuilt client shows to one role (types of <c>@100mslive/types-prebuilt</c>). An element is there or null;
/// its presence alone turns the feature on.
/// </summary>
internal sealed record Layout(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("role_id")] string RoleId,
    [property: JsonPropertyName("template_id")] string TemplateId,
    [property: JsonPropertyName("app_id")] string AppId,
    [property: JsonPropertyName("typography")] Typography Typography,
    [property: JsonPropertyName("logo")] Logo Logo,
    [property: JsonPropertyName("themes")] IReadOnlyList<Empty> Themes,
    [property: JsonPropertyName("options")] Empty Options,
    [property: JsonPropertyName("screens")] Screens Screens);

/// <summary>An object without fields.</summary>
internal sealed record Empty;

/// <summary>Font of the client.</summary>
internal sealed record Typography([property: JsonPropertyName("font_family")] string FontFamily);

/// <summary>Picture in the client's corner; empty for none.</summary>
internal sealed record Logo([property: JsonPropertyName("url")] string Url);

/// <summary>The screens in the order of a visit.</summary>
internal sealed record Screens(
    [property: JsonPropertyName("preview")] PreviewScreen Preview,
    [property: JsonPropertyName("conferencing")] ConferencingScreen Conferencing,
    [property: JsonPropertyName("leave")] LeaveScreen Leave);

/// <summary>Before the join.</summary>
internal sealed record PreviewScreen(
    [property: JsonPropertyName("default")] PreviewVariant Default,
    [property: JsonPropertyName("skip_preview_screen")] bool SkipPreviewScreen);

internal sealed record PreviewVariant([property: JsonPropertyName("elements")] PreviewElements Elements);

internal sealed record PreviewElements(
    [property: JsonPropertyName("preview_header")] PreviewHeader PreviewHeader,
    [property: JsonPropertyName("join_form")] JoinForm JoinForm);

internal sealed record PreviewHeader(
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("sub_title")] string SubTitle);

internal sealed record JoinForm(
    [property: JsonPropertyName("join_btn_type")] string JoinButtonType,
    [property: JsonPropertyName("join_btn_label")] string JoinButtonLabel,
    [property: JsonPropertyName("go_live_btn_label")] string GoLiveButtonLabel);

/// <summary>The room itself. Exactly one of the two is there: the client takes the first key.</summary>
internal sealed record ConferencingScreen(
    [property: JsonPropertyName("default"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ConferencingVariant? Default,
    [property: JsonPropertyName("hls_live_streaming"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ConferencingVariant? HlsLiveStreaming);

internal sealed record ConferencingVariant([property: JsonPropertyName("elements")] ConferencingElements Elements);

internal sealed record ConferencingElements
{
    [JsonPropertyName("chat")]
    public required ChatElement Chat { get; init; }

    [JsonPropertyName("participant_list")]
    public Empty ParticipantList { get; init; } = new();

    [JsonPropertyName("video_tile_layout"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VideoTileLayout? VideoTileLayout { get; init; }

    [JsonPropertyName("emoji_reactions")]
    public Empty EmojiReactions { get; init; } = new();

    [JsonPropertyName("on_stage_exp"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OnStageElement? OnStage { get; init; }

    [JsonPropertyName("brb"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Empty? BeRightBack { get; init; }

    [JsonPropertyName("hand_raise"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Empty? HandRaise { get; init; }

    [JsonPropertyName("header")]
    public required HeaderElement Header { get; init; }
}

internal sealed record HeaderElement(
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("description")] string Description);

internal sealed record ChatElement(
    [property: JsonPropertyName("initial_state")] string InitialState,
    [property: JsonPropertyName("is_overlay")] bool IsOverlay,
    [property: JsonPropertyName("public_chat_enabled")] bool PublicChatEnabled,
    [property: JsonPropertyName("private_chat_enabled")] bool PrivateChatEnabled,
    [property: JsonPropertyName("roles_whitelist")] IReadOnlyList<string> RolesWhitelist,
    [property: JsonPropertyName("allow_pinning_messages")] bool AllowPinningMessages,
    [property: JsonPropertyName("chat_title")] string ChatTitle,
    [property: JsonPropertyName("message_placeholder")] string MessagePlaceholder,
    [property: JsonPropertyName("real_time_controls")] ChatControls RealTimeControls);

internal sealed record ChatControls(
    [property: JsonPropertyName("can_disable_chat")] bool CanDisableChat,
    [property: JsonPropertyName("can_block_user")] bool CanBlockUser,
    [property: JsonPropertyName("can_hide_message")] bool CanHideMessage);

internal sealed record VideoTileLayout([property: JsonPropertyName("grid")] TileGrid Grid);

internal sealed record TileGrid(
    [property: JsonPropertyName("enable_local_tile_inset")] bool EnableLocalTileInset,
    [property: JsonPropertyName("prominent_roles")] IReadOnlyList<string> ProminentRoles,
    [property: JsonPropertyName("enable_spotlighting_peer")] bool EnableSpotlightingPeer);

internal sealed record OnStageElement(
    [property: JsonPropertyName("bring_to_stage_label")] string BringToStageLabel,
    [property: JsonPropertyName("remove_from_stage_label")] string RemoveFromStageLabel,
    [property: JsonPropertyName("on_stage_role")] string OnStageRole,
    [property: JsonPropertyName("off_stage_roles")] IReadOnlyList<string> OffStageRoles,
    [property: JsonPropertyName("skip_preview_for_role_change")] bool SkipPreviewForRoleChange);

/// <summary>After the visit; without an element it only says goodbye.</summary>
internal sealed record LeaveScreen([property: JsonPropertyName("default")] LeaveVariant Default);

internal sealed record LeaveVariant([property: JsonPropertyName("elements")] Empty Elements);

/// <summary>Reply of <c>GET /v2/layouts/ui</c>.</summary>
internal sealed record LayoutsReply([property: JsonPropertyName("data")] IReadOnlyList<Layout> Data);

/// <summary>Generated JSON of layouts.</summary>
[JsonSerializable(typeof(LayoutsReply))]
internal sealed partial class LayoutJson : JsonSerializerContext;
