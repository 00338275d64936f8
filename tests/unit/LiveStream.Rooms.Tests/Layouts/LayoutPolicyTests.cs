using System.Text.Json;
using System.Text.Json.Nodes;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Layouts;

namespace LiveStream.Rooms.Tests.Layouts;

public sealed class LayoutPolicyTests
{
    private const string AppId = "65aa00000000000000000002";

    private static readonly Template s_starter = StarterTemplate.Create("65aa00000000000000000001", FixedTime.Noon);

    [Theory]
    [InlineData("broadcaster", "JOIN_BTN_TYPE_JOIN_AND_GO_LIVE")]
    [InlineData("co-broadcaster", "JOIN_BTN_TYPE_JOIN_ONLY")]
    [InlineData("viewer-on-stage", "JOIN_BTN_TYPE_JOIN_ONLY")]
    [InlineData("viewer-realtime", "JOIN_BTN_TYPE_JOIN_ONLY")]
    [InlineData("viewer-near-realtime", "JOIN_BTN_TYPE_JOIN_ONLY")]
    public void LayoutFor_OnlyWhoMayStream_GoesLiveByJoining(string role, string button) =>
        Assert.Equal(button, (string?)Json(role)["screens"]!["preview"]!["default"]!["elements"]!["join_form"]!["join_btn_type"]);

    [Theory]
    [InlineData("broadcaster", "default")]
    [InlineData("co-broadcaster", "default")]
    [InlineData("viewer-on-stage", "default")]
    [InlineData("viewer-realtime", "default")]
    [InlineData("viewer-near-realtime", "hls_live_streaming")]
    public void LayoutFor_OnlyWhoReceivesNobody_SeesThePlayer(string role, string screen) =>
        Assert.Equal([screen], Json(role)["screens"]!["conferencing"]!.AsObject().Select(field => field.Key));

    [Theory]
    [InlineData("broadcaster", true)]
    [InlineData("co-broadcaster", true)]
    [InlineData("viewer-on-stage", false)]
    [InlineData("viewer-realtime", false)]
    [InlineData("viewer-near-realtime", false)]
    public void LayoutFor_WhoChangesRoles_BringsViewersOnStage(string role, bool brings)
    {
        var stage = Elements(role)["on_stage_exp"];

        Assert.Equal(brings, stage is not null);
        if (stage is null) return;
        Assert.Equal("viewer-on-stage", (string?)stage["on_stage_role"]);
        Assert.Equal(["viewer-realtime", "viewer-near-realtime"], stage["off_stage_roles"]!.AsArray().Select(name => (string?)name));
        Assert.False((bool)stage["skip_preview_for_role_change"]!);
        Assert.NotEmpty((string)stage["bring_to_stage_label"]!);
        Assert.NotEmpty((string)stage["remove_from_stage_label"]!);
    }

    [Theory]
    [InlineData("broadcaster")]
    [InlineData("co-broadcaster")]
    [InlineData("viewer-on-stage")]
    [InlineData("viewer-realtime")]
    [InlineData("viewer-near-realtime")]
    public void LayoutFor_EveryStarterRole_ChatsSeesPeopleReactsAndRaisesAHand(string role)
    {
        var elements = Elements(role);

        Assert.True((bool)elements["chat"]!["public_chat_enabled"]!);
        foreach (var element in new[] { "participant_list", "emoji_reactions", "hand_raise", "header" }) Assert.IsType<JsonObject>(elements[element]);
        Assert.Equal("viewer-near-realtime" == role, elements["video_tile_layout"] is null);
    }

    [Theory]
    [InlineData("broadcaster", true, true)]
    [InlineData("co-broadcaster", true, false)]
    [InlineData("viewer-on-stage", false, false)]
    public void LayoutFor_ChatControls_FollowPermissions(string role, bool blocks, bool disables)
    {
        var controls = Elements(role)["chat"]!["real_time_controls"]!;

        Assert.Equal((blocks, blocks, disables), ((bool)controls["can_block_user"]!, (bool)controls["can_hide_message"]!, (bool)controls["can_disable_chat"]!));
    }

    [Fact]
    public void LayoutFor_Grid_ShowsTheBroadcasterLarge() =>
        Assert.Equal(["broadcaster"], Elements("viewer-realtime")["video_tile_layout"]!["grid"]!["prominent_roles"]!.AsArray().Select(name => (string?)name));

    [Fact]
    public void LayoutFor_TemplateWithoutHls_HasNoGoLive()
    {
        var template = TemplateOf(s_starter.Document with { Destinations = new() });

        var layout = LayoutPolicy.LayoutFor(template, AppId, template.FindRole("broadcaster")!);

        Assert.Equal("JOIN_BTN_TYPE_JOIN_ONLY", layout.Screens.Preview.Default.Elements.JoinForm.JoinButtonType);
    }

    [Fact]
    public void LayoutFor_TemplateThatInvitesNobody_HasNoStageAndNoHandsOfViewers()
    {
        var template = TemplateOf(StarterTemplate.Create(new WizardChoices { InviteViewersToStage = false }));

        var layouts = LayoutPolicy.LayoutsFor(template, AppId, "broadcaster");

        Assert.All(layouts, layout => Assert.Null((layout.Screens.Conferencing.Default ?? layout.Screens.Conferencing.HlsLiveStreaming)!.Elements.OnStage));
        Assert.Null(layouts.Single(layout => layout.Role == "viewer-near-realtime").Screens.Conferencing.HlsLiveStreaming!.Elements.HandRaise);
        Assert.NotNull(layouts.Single(layout => layout.Role == "co-broadcaster").Screens.Conferencing.Default!.Elements.HandRaise);
    }

    [Fact]
    public void LayoutFor_Conference_IsPlain()
    {
        var layouts = LayoutPolicy.LayoutsFor(TemplateOf(ConferencingTemplate.Create()), AppId, "guest");

        Assert.Equal(["guest", "host"], layouts.Select(layout => layout.Role));
        Assert.All(layouts, layout =>
        {
            Assert.Equal("JOIN_BTN_TYPE_JOIN_ONLY", layout.Screens.Preview.Default.Elements.JoinForm.JoinButtonType);
            var elements = layout.Screens.Conferencing.Default!.Elements;
            Assert.Null(elements.OnStage);
            Assert.Empty(elements.VideoTileLayout!.Grid.ProminentRoles);
        });
    }

    [Fact]
    public void StageRole_OfSeveralGuests_IsTheOneThatSaysSo()
    {
        var roles = new Dictionary<string, Role>(s_starter.Document.Roles) { ["panelist"] = s_starter.Document.Roles["viewer-on-stage"] with { Name = "panelist", Priority = 5 } };
        var two = s_starter.Document with { Roles = roles };
        var none = s_starter.Document with { Roles = new() { ["viewer-realtime"] = s_starter.Document.Roles["viewer-realtime"] } };

        Assert.Equal("viewer-on-stage", LayoutPolicy.StageRole(two)!.Name);
        Assert.Null(LayoutPolicy.StageRole(none));
    }

    [Fact]
    public void LayoutsFor_OwnRoleFirst_ThenAllOthersOnce()
    {
        var layouts = LayoutPolicy.LayoutsFor(s_starter, AppId, "viewer-near-realtime");

        Assert.Equal(["viewer-near-realtime", "broadcaster", "co-broadcaster", "viewer-on-stage", "viewer-realtime"], layouts.Select(layout => layout.Role));
    }

    private static Template TemplateOf(TemplateDocument document) => new()
    {
        Id = s_starter.Id, CustomerId = s_starter.CustomerId, Name = "t", Document = document, CreatedAt = FixedTime.Noon, UpdatedAt = FixedTime.Noon,
    };

    private static JsonNode Json(string role) =>
        JsonSerializer.SerializeToNode(new LayoutsReply([LayoutPolicy.LayoutFor(s_starter, AppId, s_starter.FindRole(role)!)]), LayoutJson.Default.LayoutsReply)!["data"]![0]!;

    private static JsonNode Elements(string role) => Json(role)["screens"]!["conferencing"]!.AsObject().First().Value!["elements"]!;
}
