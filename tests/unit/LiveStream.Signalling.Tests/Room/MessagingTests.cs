namespace LiveStream.Signalling.Tests.Room;

public sealed class MessagingTests
{
    private readonly RoomRig _room = new RoomRig().Join("A", "host", "Ann").Join("B", "hls").Join("C");

    [Fact]
    public void ToEverybody_ReachesTheOthersAndNotTheSender()
    {
        var result = _room.Result("A", "broadcast", """{"info":{"message":"hello","type":"chat"}}""");
        Assert.False(string.IsNullOrEmpty((string?)result["message_id"]));
        Assert.Equal(_room.Now.ToUnixTimeMilliseconds(), (long)result["timestamp"]!);
        Assert.Empty(_room.Read("A"));

        var message = _room.Notified("B", "on-broadcast");
        Assert.Equal("hello", (string?)message["info"]!["message"]);
        Assert.Equal("Ann", (string?)message["peer"]!["info"]!["name"]);
        Assert.False((bool)message["private"]!);
        Assert.Empty(message["roles"]!.AsArray());
        Assert.Equal((string?)result["message_id"], (string?)message["message_id"]);
        Assert.Equal("on-broadcast", _room.Methods("C"));
    }

    [Fact]
    public void ToARole_ReachesThatRoleOnly()
    {
        _room.Result("A", "broadcast", """{"info":{"message":"x","type":"EMOJI_REACTION"},"roles":["hls","host"]}""");
        Assert.Equal(["hls", "host"], _room.Notified("B", "on-broadcast")["roles"]!.AsArray().Select(role => (string?)role));
        Assert.Empty(_room.Read("C"));
        Assert.Empty(_room.Read("A"));
    }

    [Fact]
    public void ToAPeer_IsPrivate()
    {
        _room.Result("A", "broadcast", """{"info":{"message":"x","type":"role_change_declined"},"peer_id":"C"}""");
        Assert.True((bool)_room.Notified("C", "on-broadcast")["private"]!);
        Assert.Empty(_room.Read("B"));
        Assert.Equal(404, _room.Refused("A", "broadcast", """{"info":{"message":"x"},"peer_id":"X"}"""));
    }

    [Fact]
    public void PreviewSockets_HearNothing()
    {
        _room.Open("P");
        _room.Read("P");
        _room.Result("A", "broadcast", """{"info":{"message":"x"}}""");
        Assert.Empty(_room.Read("P"));
    }

    [Fact]
    public void WithoutType_IsChat()
    {
        _room.Result("A", "broadcast", """{"info":{"message":"one"}}""");
        Assert.Equal("chat", (string?)_room.Notified("B", "on-broadcast")["info"]!["type"]);
    }

    [Fact]
    public void StoredValue_ThatCannotBeWrittenAgain_IsRefused()
    {
        Assert.Equal(400, _room.Refused("A", "set-metadata", """{"key":"k","data":"\ud800"}"""));
        Assert.Equal(400, _room.Refused("A", "set-metadata", """{"key":"k","data":{"a":["x\udc00"]}}"""));
        _room.Result("A", "set-metadata", """{"key":"k","data":"\ud83d\ude00"}""");
        Assert.Equal("😀", (string?)_room.Result("B", "get-metadata", """{"key":"k"}""")["data"]);
    }

    [Fact]
    public void StoredValues_AreBoundedTogether()
    {
        string Set(int key, int length) => $$"""{"key":"k{{key}}","data":"{{new string('x', length)}}"}""";
        for (var i = 0; i < 16; i++) _room.Result("A", "set-metadata", Set(i, 65_000));
        Assert.Equal(413, _room.Refused("A", "set-metadata", Set(16, 65_000)));
        // Less of another makes room.
        _room.Result("A", "set-metadata", Set(0, 10));
        _room.Result("A", "set-metadata", Set(16, 65_000));
    }

    [Fact]
    public void LongOrEmptyMessages_AreRefused()
    {
        Assert.Equal(413, _room.Refused("A", "broadcast", $$$"""{"info":{"message":"{{{new string('x', 20_000)}}}"}}"""));
        Assert.Equal(400, _room.Refused("A", "broadcast", """{"info":{"type":"chat"}}"""));
        Assert.Equal(400, _room.Refused("A", "broadcast"));
        Assert.Empty(_room.Read("B"));
    }

    [Fact]
    public void RaisedHand_IsToldToEverybodyTheRaiserIncluded_WithTheFullState()
    {
        Assert.Equal("_handraise", (string?)_room.Result("B", "group-join", """{"name":"_handraise"}""")["groups"]![0]);
        foreach (var peer in new[] { "A", "B", "C" })
        {
            var update = _room.Notified(peer, "on-peer-update");
            Assert.Equal("_handraise", (string?)update["groups"]![0]);
            Assert.Equal("hls", (string?)update["role"]);
            Assert.True((bool)update["realtime"]!);
        }

        _room.Result("B", "group-join", """{"name":"_handraise"}""");
        Assert.Empty(_room.Read("A"));
        // Whoever asks again does not know that it is so.
        Assert.Equal("_handraise", (string?)_room.Notified("B", "on-peer-update")["groups"]![0]);
        _room.Result("A", "group-remove", """{"name":"_handraise","peer_id":"B"}""");
        Assert.Empty(_room.Notified("B", "on-peer-update")["groups"]!.AsArray());
    }

    [Fact]
    public void GroupsOfOthers_NeedTheRight()
    {
        Assert.Equal(403, _room.Refused("C", "group-add", """{"name":"g","peer_id":"B"}"""));
        Assert.Equal(404, _room.Refused("A", "group-add", """{"name":"g","peer_id":"X"}"""));
        _room.Result("C", "group-add", """{"name":"g","peer_id":"C"}""");
        Assert.Equal(400, _room.Refused("C", "group-join", """{"name":""}"""));
        for (var i = 1; i < 16; i++) _room.Result("C", "group-join", $$"""{"name":"g{{i}}"}""");
        Assert.Equal(403, _room.Refused("C", "group-join", """{"name":"one more"}"""));
    }

    [Fact]
    public void PeerUpdate_KeepsWhatItDoesNotName_AndTellsTheFullState()
    {
        _room.Result("A", "peer-update", """{"data":"{\"isBRBOn\":true}"}""");
        var update = _room.Notified("B", "on-peer-update");
        Assert.Equal("Ann", (string?)update["info"]!["name"]);
        Assert.Equal("""{"isBRBOn":true}""", (string?)update["info"]!["data"]);
        Assert.Equal("host", (string?)update["role"]);
        _room.Result("A", "peer-update", """{"name":"Anna"}""");
        Assert.Equal("Anna", (string?)_room.Notified("B", "on-peer-update")["info"]!["name"]);
        Assert.Equal(400, _room.Refused("A", "peer-update", $$"""{"name":"{{new string('x', 300)}}"}"""));
    }

    [Fact]
    public void Store_PushesValuesOnListening_AndEachChangeToListeners()
    {
        _room.Result("A", "listen-metadata-change", """{"keys":["pinned","spotlight"]}""");
        Assert.Empty(_room.Notified("A", "on-metadata-change")["values"]!.AsArray());
        var set = _room.Result("B", "set-metadata", """{"key":"pinned","data":[{"text":"x"}]}""");
        Assert.Equal(1, (int)set["change_version"]!);
        Assert.Equal("x", (string?)set["data"]![0]!["text"]);

        var value = _room.Notified("A", "on-metadata-change")["values"]![0]!;
        Assert.Equal(("pinned", "B"), ((string?)value["key"], (string?)value["updated_by"]));
        Assert.Empty(_room.Read("C"));
        // The full set each time.
        _room.Result("A", "listen-metadata-change", """{"keys":["other"]}""");
        _room.Read("A");
        _room.Result("B", "set-metadata", """{"key":"pinned","data":null}""");
        Assert.Empty(_room.Read("A"));
    }

    [Fact]
    public void Store_SetsByVersionOnlyIfItIsThatOne()
    {
        _room.Result("A", "set-metadata", """{"key":"k","data":1,"if_change_version":0}""");
        Assert.Equal(409, _room.Refused("B", "set-metadata", """{"key":"k","data":2,"if_change_version":0}"""));
        _room.Result("B", "set-metadata", """{"key":"k","data":2,"if_change_version":1}""");
        Assert.Equal(2, (int)_room.Result("C", "get-metadata", """{"key":"k"}""")["data"]!);
    }

    [Fact]
    public void Store_Get_AnswersAnObjectAlsoForNothing()
    {
        var missing = _room.Result("A", "get-metadata", """{"key":"k"}""");
        Assert.True(missing.ContainsKey("data"));
        Assert.Null(missing["data"]);
        _room.Result("A", "set-metadata", """{"key":"k","data":{"a":1}}""");
        Assert.Equal(1, (int)_room.Result("A", "get-metadata")["data"]!["k"]!["a"]!);
    }

    [Fact]
    public void Store_HasBounds()
    {
        for (var i = 0; i < 100; i++) _room.Result("A", "set-metadata", $$"""{"key":"k{{i}}","data":1}""");
        Assert.Equal(403, _room.Refused("A", "set-metadata", """{"key":"more","data":1}"""));
        Assert.Equal(413, _room.Refused("A", "set-metadata", $$"""{"key":"k1","data":"{{new string('x', 70_000)}}"}"""));
        Assert.Equal(400, _room.Refused("A", "set-metadata", """{"data":1}"""));
        Assert.Equal(400, _room.Refused("A", "listen-metadata-change"));
    }

    [Fact]
    public void Store_EndsWithTheSession()
    {
        _room.Result("A", "set-metadata", """{"key":"k","data":1}""");
        foreach (var peer in new[] { "A", "B", "C" }) _room.Notify(peer, "leave");
        _room.Join("D");
        Assert.Null(_room.Result("D", "get-metadata", """{"key":"k"}""")["data"]);
    }
}
