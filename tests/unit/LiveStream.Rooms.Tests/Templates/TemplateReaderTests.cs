using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Templates.Reading;

namespace LiveStream.Rooms.Tests.Templates;

public sealed class TemplateReaderTests
{
    [Fact]
    public void ReadNew_NothingGiven_IsATemplateOfDefaults()
    {
        var read = TemplateReader.ReadNew(ReadOnlyMemory<byte>.Empty);

        Assert.Empty(read.Errors);
        Assert.Null(read.Value!.Name);
        Assert.Empty(read.Value.Roles);
        Assert.Empty(read.Value.Destinations.HlsDestinations);
    }

    [Fact]
    public void ReadNew_EmptyRole_HasEveryDocumentedDefault()
    {
        var role = TemplateReader.ReadNew("""{"roles":{"host":{}}}"""u8.ToArray()).Value!.Roles["host"];

        Assert.Equal("host", role.Name);
        Assert.Null(role.PublishParams.Allowed);
        Assert.Equal((32, "opus"), (role.PublishParams.Audio.BitRate, role.PublishParams.Audio.Codec));
        Assert.Equal(new VideoParams { BitRate = 256, FrameRate = 25, Width = 320, Height = 180, Codec = "vp8" }, role.PublishParams.Video);
        Assert.Equal(new VideoParams { BitRate = 1024, FrameRate = 10, Width = 1280, Height = 720, Codec = "vp8" }, role.PublishParams.Screen);
        Assert.Null(role.PublishParams.Simulcast);
        Assert.Empty(role.SubscribeParams.SubscribeToRoles);
        Assert.Null(role.SubscribeParams.SubscribeDegradation);
        Assert.Equal(new Permissions { RtmpStreaming = true, HlsStreaming = true, BrowserRecording = true }, role.Permissions);
        Assert.Equal((1, 0), (role.Priority, role.MaxPeerCount));
    }

    [Fact]
    public void ReadNew_PartOfAnObject_GetsTheRestByDefault()
    {
        var role = Role("""{"publishParams":{"allowed":[],"video":{"width":640}},"subscribeParams":{"subscribeDegradation":{}},"permissions":{"pollWrite":true,"hlsStreaming":false}}""");

        Assert.Null(role.PublishParams.Allowed);
        Assert.Equal((640, 180), (role.PublishParams.Video.Width, role.PublishParams.Video.Height));
        Assert.Equal(new SubscribeDegradation { PacketLossThreshold = 50, DegradeGracePeriodSeconds = 1, RecoverGracePeriodSeconds = 4 }, role.SubscribeParams.SubscribeDegradation);
        Assert.True(role.Permissions is { PollRead: true, PollWrite: true, HlsStreaming: false, RtmpStreaming: true });
    }

    [Fact]
    public void ReadNew_UnknownAndNullFields_ArePassedOver()
    {
        var read = TemplateReader.ReadNew("""{"x":[{}],"roles":{"host":{"lockRoom":true,"priority":null,"publishParams":null}},"settings":null,"plugins":null}"""u8.ToArray());

        Assert.Empty(read.Errors);
        Assert.Equal(1, read.Value!.Roles["host"].Priority);
    }

    [Fact]
    public void ReadReplacement_WithoutRolesAndSettings_NamesBoth() =>
        Assert.Equal(["roles: is required", "settings: is required"], TemplateReader.ReadReplacement("{}"u8.ToArray()).Errors);

    // Each line: a role, and all that is wrong with it.
    [Theory]
    [InlineData("[]", "roles.host: must be an object")]
    [InlineData("7", "roles.host: must be an object")]
    [InlineData("""{"publishParams":{"video":{"bitRate":29}}}""", "roles.host.publishParams.video.bitRate: must be 30 to 2000")]
    [InlineData("""{"publishParams":{"video":{"bitRate":2001}}}""", "roles.host.publishParams.video.bitRate: must be 30 to 2000")]
    [InlineData("""{"publishParams":{"video":{"bitRate":30.5}}}""", "roles.host.publishParams.video.bitRate: must be 30 to 2000")]
    [InlineData("""{"publishParams":{"video":{"bitRate":1e99}}}""", "roles.host.publishParams.video.bitRate: must be 30 to 2000")]
    [InlineData("""{"publishParams":{"video":{"bitRate":"300"}}}""", "roles.host.publishParams.video.bitRate: must be a number")]
    [InlineData("""{"publishParams":{"video":{"width":49}}}""", "roles.host.publishParams.video.width: must be 50 to 1920")]
    [InlineData("""{"publishParams":{"video":{"height":1081}}}""", "roles.host.publishParams.video.height: must be 50 to 1080")]
    [InlineData("""{"publishParams":{"video":{"frameRate":31}}}""", "roles.host.publishParams.video.frameRate: must be 1 to 30")]
    [InlineData("""{"publishParams":{"video":{"codec":"VP8"}}}""", "roles.host.publishParams.video.codec: must be one of vp8, vp9, h264")]
    [InlineData("""{"publishParams":{"audio":{"bitRate":15}}}""", "roles.host.publishParams.audio.bitRate: must be 16 to 128")]
    [InlineData("""{"publishParams":{"audio":{"codec":"aac"}}}""", "roles.host.publishParams.audio.codec: must be one of opus")]
    [InlineData("""{"publishParams":{"screen":{"bitRate":499}}}""", "roles.host.publishParams.screen.bitRate: must be 500 to 100000")]
    [InlineData("""{"publishParams":{"screen":{"width":479,"height":1081}}}""", "roles.host.publishParams.screen.width: must be 480 to 1920", "roles.host.publishParams.screen.height: must be 270 to 1080")]
    [InlineData("""{"publishParams":{"allowed":"audio"}}""", "roles.host.publishParams.allowed: must be an array")]
    [InlineData("""{"publishParams":{"allowed":["audio","smell"]}}""", "roles.host.publishParams.allowed[1]: must be one of audio, video, screen, simulcast")]
    [InlineData("""{"publishParams":{"allowed":[1]}}""", "roles.host.publishParams.allowed[0]: must be a string")]
    [InlineData("""{"publishParams":{"simulcast":{"video":{"layers":[{"rid":"h","maxFramerate":25}]}}}}""", "roles.host.publishParams.simulcast.video.layers: must begin with rid f and scaleResolutionDownBy 1")]
    [InlineData("""{"publishParams":{"simulcast":{"screen":{"layers":[{"rid":"f","scaleResolutionDownBy":2,"maxFramerate":25}]}}}}""", "roles.host.publishParams.simulcast.screen.layers: must begin with rid f and scaleResolutionDownBy 1")]
    [InlineData("""{"publishParams":{"simulcast":{"video":{"layers":[{"rid":"f","maxFramerate":25},{"rid":"q","scaleResolutionDownBy":4,"maxFramerate":25},{"rid":"h","scaleResolutionDownBy":2,"maxFramerate":25}]}}}}""", "roles.host.publishParams.simulcast.video.layers[2].rid: must follow the order f, h, q", "roles.host.publishParams.simulcast.video.layers[2].scaleResolutionDownBy: must be greater than that of the layer before")]
    [InlineData("""{"publishParams":{"simulcast":{"video":{"layers":[{"rid":"f","maxFramerate":25},{"rid":"h","scaleResolutionDownBy":1,"maxFramerate":25}]}}}}""", "roles.host.publishParams.simulcast.video.layers[1].scaleResolutionDownBy: must be greater than that of the layer before")]
    [InlineData("""{"publishParams":{"simulcast":{"video":{"layers":[{"rid":"f"}]}}}}""", "roles.host.publishParams.simulcast.video.layers[0].maxFramerate: is required")]
    [InlineData("""{"publishParams":{"simulcast":{"video":{"layers":[{"maxFramerate":1}]}}}}""", "roles.host.publishParams.simulcast.video.layers[0].rid: is required")]
    [InlineData("""{"publishParams":{"simulcast":{"video":{"layers":[{"rid":"f","maxFramerate":31,"maxBitrate":2001}]}}}}""", "roles.host.publishParams.simulcast.video.layers[0].maxBitrate: must be 0 to 2000", "roles.host.publishParams.simulcast.video.layers[0].maxFramerate: must be 1 to 30")]
    [InlineData("""{"publishParams":{"simulcast":{"video":{"layers":[{},{},{},{}]}}}}""", "roles.host.publishParams.simulcast.video.layers: must have at most 3 elements")]
    [InlineData("""{"subscribeParams":{"subscribeToRoles":["a/b"]}}""", "roles.host.subscribeParams.subscribeToRoles[0]: " + TemplateNames.Rule)]
    [InlineData("""{"subscribeParams":{"maxSubsBitRate":-1}}""", "roles.host.subscribeParams.maxSubsBitRate: must be 0 to 1000000")]
    [InlineData("""{"subscribeParams":{"subscribeDegradation":{"packetLossThreshold":0,"degradeGracePeriodSeconds":11,"recoverGracePeriodSeconds":0}}}""", "roles.host.subscribeParams.subscribeDegradation.packetLossThreshold: must be 1 to 100", "roles.host.subscribeParams.subscribeDegradation.degradeGracePeriodSeconds: must be 1 to 10", "roles.host.subscribeParams.subscribeDegradation.recoverGracePeriodSeconds: must be 1 to 10")]
    [InlineData("""{"subscribeParams":{"subscribeDegradation":true}}""", "roles.host.subscribeParams.subscribeDegradation: must be an object")]
    [InlineData("""{"permissions":{"mute":"yes"}}""", "roles.host.permissions.mute: must be true or false")]
    [InlineData("""{"permissions":{"hlsStreaming":1}}""", "roles.host.permissions.hlsStreaming: must be true or false")]
    [InlineData("""{"priority":0}""", "roles.host.priority: must be 1 to 5")]
    [InlineData("""{"priority":6}""", "roles.host.priority: must be 1 to 5")]
    [InlineData("""{"maxPeerCount":-2}""", "roles.host.maxPeerCount: must be -1 to 1000000")]
    public void ReadNew_WrongRole_NamesEachField(string role, params string[] errors) =>
        Assert.Equal(errors, TemplateReader.ReadNew(Json("""{"roles":{"host":#}}""", role)).Errors);

    [Theory]
    [InlineData("""{"region":"mars"}""", "settings.region: must be one of in, us, eu, auto")]
    [InlineData("""{"region":7}""", "settings.region: must be a string")]
    [InlineData("""{"roomState":{"messageInterval":7}}""", "settings.roomState.messageInterval: must be a multiple of 5")]
    [InlineData("""{"roomState":{"messageInterval":3605}}""", "settings.roomState.messageInterval: must be 5 to 3600")]
    [InlineData("""{"roomState":{"enabled":"no"}}""", "settings.roomState.enabled: must be true or false")]
    [InlineData("""{"recording":{"upload":{}}}""", "settings.recording.upload.type: is required", "settings.recording.upload.prefix: is required", "settings.recording.upload.location: is required")]
    [InlineData("""{"recording":{"upload":{"type":"ftp","location":"l","prefix":""}}}""", "settings.recording.upload.type: must be one of s3, gs, oss, azure")]
    [InlineData("""{"recording":{"upload":{"type":"s3","location":"l","prefix":"p","credentials":{"key":"k"}}}}""", "settings.recording.upload.credentials.secretKey: is required")]
    [InlineData("""{"recording":{"upload":{"type":"s3","location":"l","prefix":"p","options":{"endpoint":"file:///etc/passwd"}}}}""", "settings.recording.upload.options.endpoint: must be an http or https address")]
    public void ReadNew_WrongSettings_NamesEachField(string settings, params string[] errors) =>
        Assert.Equal(errors, TemplateReader.ReadNew(Json("""{"settings":#}""", settings)).Errors);

    [Theory]
    [InlineData("""{"layers":[{"width":1280}]}""", "layers[0].height: is required with width")]
    [InlineData("""{"layers":[{"width":1281,"height":720}]}""", "layers[0].width: must be even")]
    [InlineData("""{"layers":[{"width":1922,"height":720}]}""", "layers[0].width: must be 144 to 1920")]
    [InlineData("""{"layers":[{"width":1920,"height":1082}]}""", "layers[0].height: the shorter side must be 144 to 1080")]
    [InlineData("""{"layers":[{"width":144,"height":146}]}""", "layers[0].height: the longer side must be 192 to 1920")]
    [InlineData("""{"layers":[{"width":640,"height":360},{"width":1280,"height":720}]}""", "layers[1]: must not be larger than the layer before")]
    [InlineData("""{"layers":[{"videoBitrate":500},{},{"videoBitrate":501}]}""", "layers[2].videoBitrate: must not be higher than in the layer before")]
    [InlineData("""{"playlistType":"dvr"}""", "playlistType: must be one of live, event")]
    [InlineData("""{"numPlaylistSegments":2}""", "numPlaylistSegments: must be 3 to 150")]
    [InlineData("""{"numPlaylistSegments":151}""", "numPlaylistSegments: must be 3 to 150")]
    [InlineData("""{"maxDuration":43201}""", "maxDuration: must be 1 to 43200")]
    [InlineData("""{"layers":[{"width":640,"height":360}],"recording":{"layers":[{"width":1280,"height":720}]}}""", "recording.layers[0]: must be one of the destination's layers")]
    [InlineData("""{"recording":{"thumbnails":{"offsets":[-1]}}}""", "recording.thumbnails.offsets[0]: must be 0 to 43200")]
    [InlineData("""{"recording":{"presignDuration":604801}}""", "recording.presignDuration: must be 1 to 604800")]
    public void ReadDestinations_WrongHls_NamesEachField(string hls, string error) =>
        Assert.Equal(["hlsDestinations.default." + error], TemplateReader.ReadDestinations(Json("""{"hlsDestinations":{"default":#}}""", hls)).Errors);

    [Theory]
    [InlineData("""{"rtmpDestinations":{"d":{"rtmpUrls":["http://h/app"]}}}""", "rtmpDestinations.d.rtmpUrls[0]: must be an rtmp or rtmps address")]
    [InlineData("""{"rtmpDestinations":{"d":{"rtmpUrls":["a","b","c","d","e","f"]}}}""", "rtmpDestinations.d.rtmpUrls: must have at most 5 elements")]
    [InlineData("""{"transcriptions":{"d":{"modes":["sung"]}}}""", "transcriptions.d.modes[0]: must be one of recorded, live, caption")]
    [InlineData("""{"transcriptions":{"d":{"summary":{"temperature":1.5}}}}""", "transcriptions.d.summary.temperature: must be 0.0 to 1.0")]
    [InlineData("""{"transcriptions":{"d":{"translation":{"roleLanguages":{"host":5}}}}}""", "transcriptions.d.translation.roleLanguages.host: must be a string")]
    [InlineData("""{"browserRecordings":{"d":{"role":"a/b"}}}""", "browserRecordings.d.role: " + TemplateNames.Rule)]
    [InlineData("""{"hlsDestinations":{"a/b":{}}}""", "hlsDestinations: a name " + TemplateNames.Rule)]
    [InlineData("""{"hlsDestinations":[]}""", "hlsDestinations: must be an object")]
    public void ReadDestinations_WrongOthers_NamesEachField(string body, string error) =>
        Assert.Equal([error], TemplateReader.ReadDestinations(Encoding.UTF8.GetBytes(body)).Errors);

    [Theory]
    [InlineData("{}", "body: must be an array")]
    [InlineData("[{},{}]", "body: must have at most 1 elements")]
    [InlineData("[{}]", "[0].name: is required", "[0].role: is required")]
    [InlineData("""[{"name":"n","role":"r","compositeRecording":{"browserComposite":{"autoStart":1}}}]""", "[0].compositeRecording.browserComposite.autoStart: must be true or false")]
    public void ReadRecordings_Wrong_NamesEachField(string body, params string[] errors) =>
        Assert.Equal(errors, TemplateReader.ReadRecordings(Encoding.UTF8.GetBytes(body)).Errors);

    public static TheoryData<byte[]> NotADocument => new()
    {
        "{"u8.ToArray(), "nope"u8.ToArray(), "[]"u8.ToArray(), "null"u8.ToArray(), "7"u8.ToArray(), "\"x\""u8.ToArray(), "{} {}"u8.ToArray(),
        new byte[] { 0xFF, 0xFE }, new byte[] { (byte)'{', (byte)'"', 0xC3, (byte)'"', (byte)':', (byte)'1', (byte)'}' },
        Encoding.UTF8.GetBytes("""{"\ud800":1}"""), Encoding.UTF8.GetBytes("""{"\ud800":1,"\ud801":1}"""), """{"name":"a","name":"b"}"""u8.ToArray(), Encoding.UTF8.GetBytes("""{"name":"\udc00"}"""), Encoding.UTF8.GetBytes("""{"name":"a\u0000b"}"""),
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[", 40)) + string.Concat(Enumerable.Repeat("]", 40))),
        Encoding.UTF8.GetBytes($$"""{"name":"{{new string('n', 101)}}"}"""),
        Encoding.UTF8.GetBytes("""{"roles":{"__internal_recorder":{}}}"""),
        Encoding.UTF8.GetBytes("""{"roles":{"a\"; DROP TABLE templates; --":{}}}"""),
        Encoding.UTF8.GetBytes("{\"roles\":{" + string.Join(',', Enumerable.Range(0, 101).Select(i => $"\"r{i}\":{{}}")) + "}}"),
    };

    [Theory]
    [MemberData(nameof(NotADocument))]
    public void Read_NoDocument_IsAnError(byte[] body) => Assert.InRange(TemplateReader.ReadNew(body).Errors.Count, 1, 2);

    [Fact]
    public void Read_ManyErrors_AreCutWithACount()
    {
        var roles = string.Join(',', Enumerable.Range(0, 50).Select(i => $"\"r{i}\":{{\"priority\":9}}"));

        var errors = TemplateReader.ReadNew(Json("""{"roles":{#}}""", roles)).Errors;

        Assert.Equal(FieldErrors.Max + 1, errors.Count);
        Assert.Equal("and 30 more", errors[^1]);
    }

    [Theory]
    [InlineData("secretKey")]
    [InlineData("secret")]
    public void ReadSettings_EitherNameOfTheSecret_IsTaken(string field)
    {
        var body = Json("""{"recording":{"upload":{"type":"s3","location":"b","prefix":"p","credentials":{"key":"k","#":"s"}}}}""", field);

        Assert.Equal("s", TemplateReader.ReadSettings(body).Value!.Recording!.Upload!.Credentials!.SecretKey);
    }

    [Theory]
    [InlineData(TemplateSamples.Roles, "roles")]
    [InlineData(TemplateSamples.Settings, "settings")]
    [InlineData(TemplateSamples.Destinations, "destinations")]
    [InlineData(TemplateSamples.Plugins, "plugins")]
    public void Read_DocumentedSample_KeepsEveryField(string part, string name)
    {
        var read = TemplateReader.ReadNew(Json($$"""{"{{name}}":#}""", part));

        Assert.Empty(read.Errors);
        var value = read.Value!;
        var errors = new FieldErrors();
        var document = new TemplateDocument
        {
            Roles = value.Roles, Settings = value.Settings.ApplyTo(new(), null, errors), Destinations = value.Destinations, Plugins = value.Plugins,
        };
        TemplateSamples.AssertContains(JsonNode.Parse(part)!, JsonSerializer.SerializeToNode(document, DomainJson.Default.TemplateDocument)![name]!);
    }

    private static byte[] Json(string around, string inside) => Encoding.UTF8.GetBytes(around.Replace("#", inside, StringComparison.Ordinal));

    private static Role Role(string json) => TemplateReader.ReadNew(Json("""{"roles":{"host":#}}""", json)).Value!.Roles["host"];
}
