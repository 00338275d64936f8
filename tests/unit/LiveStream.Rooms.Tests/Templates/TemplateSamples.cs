using System.Text.Json.Nodes;

namespace LiveStream.Rooms.Tests.Templates;

/// <summary>Parts of a template with every documented key, values of our own.</summary>
internal static class TemplateSamples
{
    public const string Roles =
        """
        {"anchor":{"name":"anchor",
          "publishParams":{"allowed":["audio","video","screen","simulcast"],
            "audio":{"bitRate":48,"codec":"opus"},
            "video":{"bitRate":900,"codec":"vp8","frameRate":24,"width":960,"height":540},
            "screen":{"bitRate":1200,"codec":"vp8","frameRate":8,"width":1600,"height":900},
            "simulcast":{"video":{"layers":[
                {"rid":"f","scaleResolutionDownBy":1,"maxBitrate":900,"maxFramerate":24},
                {"rid":"h","scaleResolutionDownBy":2.5,"maxBitrate":300,"maxFramerate":24},
                {"rid":"q","scaleResolutionDownBy":5,"maxBitrate":120,"maxFramerate":12}]},"screen":{}}},
          "subscribeParams":{"subscribeToRoles":["anchor","panel"],"maxSubsBitRate":4100,
            "subscribeDegradation":{"packetLossThreshold":30,"degradeGracePeriodSeconds":2,"recoverGracePeriodSeconds":6}},
          "permissions":{"endRoom":true,"removeOthers":true,"mute":true,"unmute":true,"changeRole":true,"rtmpStreaming":true,
            "hlsStreaming":true,"browserRecording":true,"sendRoomState":false,"pollRead":true,"pollWrite":true},
          "priority":2,"maxPeerCount":4},
         "audience":{"name":"audience","publishParams":{"audio":{"bitRate":32,"codec":"opus"}},
          "permissions":{"rtmpStreaming":false,"hlsStreaming":false,"browserRecording":false},"priority":5,"maxPeerCount":-1}}
        """;

    public const string Settings =
        """
        {"region":"eu",
         "recording":{"enabled":true,"upload":{"type":"s3","location":"my-shows","prefix":"late/night","options":{"region":"eu-central-1"},
           "credentials":{"key":"AK1","secretKey":"SK1"}}},
         "roomState":{"messageInterval":25,"sendPeerList":true,"stopRoomStateOnJoin":false,"enabled":true},
         "retry":{}}
        """;

    public const string Destinations =
        """
        {"hlsDestinations":{"main":{"name":"main","maxDuration":7200,
            "layers":[{"width":1920,"height":1080,"videoBitrate":3000,"audioBitrate":96},{"width":640,"height":360,"videoBitrate":500},{}],
            "playlistType":"event","numPlaylistSegments":30,"videoFrameRate":25,"enableMetadataInsertion":false,"enableStaticUrl":false,"autoStopTimeout":120,
            "recording":{"hlsVod":true,"singleFilePerLayer":true,"enableZipUpload":false,"layers":[{"width":1920,"height":1080,"videoBitrate":3000,"audioBitrate":96}],
              "thumbnails":{"enabled":true,"width":640,"height":360,"offsets":[3,60],"fps":30},"presignDuration":90000}}},
         "rtmpDestinations":{"out":{"name":"out","width":1280,"height":720,"maxDuration":3600,"rtmpUrls":["rtmp://ingest.example.test/app/k1","rtmps://other.example.test:443/live/k2"],"recordingEnabled":true,"autoStopTimeout":200}},
         "browserRecordings":{"rec":{"name":"rec","role":"anchor","width":1280,"height":720,"maxDuration":3600,"thumbnails":{"width":640,"height":360},"presignDuration":7200,"autoStart":false,"autoStopTimeout":200}},
         "transcriptions":{"text":{"name":"text","role":"anchor","modes":["recorded","live","caption"],"outputModes":["txt","srt","json"],"customVocabulary":["LiveStream"],
            "summary":{"enabled":true,"context":"weekly","temperature":0.25,"sections":[{"title":"Decisions","format":"bullets"}]},
            "translation":{"enabled":true,"roleLanguages":{"anchor":"de"}}}}}
        """;

    public const string Plugins =
        """
        {"whiteboard":{"permissions":{"admin":["anchor"],"writer":["anchor"],"reader":["audience"]}},
         "transcriptions":{"permissions":{"admin":["anchor"]},"mode":"caption"}}
        """;

    public const string Recordings =
        """
        [{"name":"nightly","role":"anchor","maxDuration":2400,"presignDuration":5400,
          "thumbnails":{"enabled":false,"width":1280,"height":720,"offsets":[4],"fps":50},
          "compositeRecording":{"browserComposite":{"autoStart":false,"autoStopTimeout":400,"width":1920,"height":1080},"customComposite":{"enabled":false}},
          "trackRecording":{"enabled":false},
          "streamRecording":{"enabled":false,"width":1280,"height":720}}]
        """;

    /// <summary>All that is expected is there with the same value; more may be there.</summary>
    public static void AssertContains(JsonNode expected, JsonNode? actual, string path = "$")
    {
        switch (expected)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields)
                {
                    Assert.True((actual as JsonObject)?.ContainsKey(name) == true, $"{path}.{name} is missing");
                    if (value is null) Assert.Null(actual![name]);
                    else AssertContains(value, actual![name], $"{path}.{name}");
                }

                break;
            case JsonArray elements:
                Assert.Equal(elements.Count, Assert.IsType<JsonArray>(actual).Count);
                for (var i = 0; i < elements.Count; i++) AssertContains(elements[i]!, actual[i], $"{path}[{i}]");
                break;
            default:
                Assert.True(JsonNode.DeepEquals(expected, actual), $"{path}: {actual?.ToJsonString()} instead of {expected.ToJsonString()}");
                break;
        }
    }
}
