using System.Text.Json;
using System.Text.Json.Nodes;

using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Tests.Domain;

public sealed class TemplateTests
{
    private static readonly Template s_starter = StarterTemplate.Create("65aa00000000000000000001", FixedTime.Noon);

    [Theory]
    [InlineData("broadcaster", true, true)]
    [InlineData("co-broadcaster", true, false)]
    [InlineData("viewer-on-stage", true, false)]
    [InlineData("viewer-realtime", false, false)]
    [InlineData("viewer-near-realtime", false, false)]
    public void Starter_EachRole_MayWhatTheDocumentsSay(string name, bool publishes, bool streams)
    {
        var role = s_starter.FindRole(name)!;

        Assert.Equal(name, role.Name);
        Assert.Equal(publishes, role.PublishParams.Allows("video"));
        Assert.Equal(publishes, role.PublishParams.Allows("audio"));
        Assert.Equal(streams, role.Permissions.HlsStreaming);
        Assert.Equal(streams, role.Permissions.RtmpStreaming);
        Assert.Equal(streams, role.Permissions.BrowserRecording);
        Assert.Equal(streams, role.Permissions.EndRoom);
    }

    [Fact]
    public void Starter_BroadcastAudience_ReceivesNobodyByWebRtc()
    {
        Assert.Equal(5, s_starter.Document.Roles.Count);
        Assert.Empty(s_starter.FindRole(StarterTemplate.ViewerNearRealtime)!.SubscribeParams.SubscribeToRoles);
        Assert.Equal(
            ["broadcaster", "co-broadcaster", "viewer-on-stage"],
            s_starter.FindRole(StarterTemplate.ViewerRealtime)!.SubscribeParams.SubscribeToRoles);
    }

    [Fact]
    public void Starter_AsJson_IsCamelCaseAndLeavesAllowedOutForViewers()
    {
        var json = JsonNode.Parse(JsonSerializer.Serialize(s_starter.Document, DomainJson.Default.TemplateDocument))!;

        var broadcaster = json["roles"]!["broadcaster"]!;
        Assert.Equal(1280, (int)broadcaster["publishParams"]!["video"]!["width"]!);
        Assert.Equal("f", (string?)broadcaster["publishParams"]!["simulcast"]!["video"]!["layers"]![0]!["rid"]);
        Assert.True((bool)broadcaster["permissions"]!["hlsStreaming"]!);
        Assert.Equal(25, (int)broadcaster["subscribeParams"]!["subscribeDegradation"]!["packetLossThreshold"]!);
        Assert.False(json["roles"]!["viewer-realtime"]!["publishParams"]!.AsObject().ContainsKey("allowed"));
        Assert.Equal(5, (int)json["destinations"]!["hlsDestinations"]!["default"]!["numPlaylistSegments"]!);
        Assert.Equal("auto", (string?)json["settings"]!["region"]);
    }

    [Fact]
    public void Starter_SimulcastLayers_ObeyTheDocumentedOrder()
    {
        var layers = s_starter.FindRole(StarterTemplate.Broadcaster)!.PublishParams.Simulcast!.Video.Layers!;

        Assert.Equal(["f", "h", "q"], layers.Select(layer => layer.Rid));
        Assert.Equal([1.0, 2.0, 4.0], layers.Select(layer => layer.ScaleResolutionDownBy));
        Assert.All(layers, layer => Assert.InRange(layer.MaxBitrate, 1, 2000));
    }

    [Fact]
    public void Parse_RoleWithoutPermissions_GetsTheThreeStreamingRights()
    {
        var document = JsonSerializer.Deserialize("""{"roles":{"host":{"name":"host","permissions":{"mute":true}}}}""", DomainJson.Default.TemplateDocument)!;

        var host = document.Roles["host"];
        Assert.True(host.Permissions is { HlsStreaming: true, RtmpStreaming: true, BrowserRecording: true, Mute: true, EndRoom: false });
        Assert.Equal(256, host.PublishParams.Video.BitRate);
        Assert.Equal(32, host.PublishParams.Audio.BitRate);
        Assert.Null(host.PublishParams.Allowed);
    }

    [Fact]
    public void Read_DocumentStoredBeforePluginsAndRecordingsHadTypes_IsUnderstood()
    {
        const string Json =
            """
            {"roles":{"host":{"name":"host","publishParams":{"allowed":["audio"]}}},
             "settings":{"region":"auto","recording":null,"roomState":{"messageInterval":5,"sendPeerList":false,"stopRoomStateOnJoin":true,"enabled":true},"retry":{}},
             "destinations":{"hlsDestinations":{"default":{"name":"default","maxDuration":28800,"layers":[{"width":1280,"height":720,"videoBitrate":1500,"audioBitrate":64}]}}},
             "plugins":null}
            """;

        var document = JsonSerializer.Deserialize(Json, DomainJson.Default.TemplateDocument)!;

        Assert.True(document.Settings.RoomState.Enabled);
        Assert.Equal(1280, document.Destinations.HlsDestinations["default"].Layers[0].Width);
        Assert.Null(document.Plugins);
        Assert.Empty(document.Recordings);
    }

    [Fact]
    public void UploadCredentials_AsText_KeepTheSecret() =>
        Assert.DoesNotContain("s3cret", new RecordingSettings { Upload = new() { Credentials = new() { Key = "k", SecretKey = "s3cret" } } }.ToString(), StringComparison.Ordinal);
}
