using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Tests.Room;

public sealed class StreamTests
{
    private readonly RoomRig _room = new RoomRig().Join("A", "host").Join("B", "hls");

    [Fact]
    public void Start_IsAnsweredFirst_ThenInitialisedWithoutUrl_ThenStartedWithIt()
    {
        _room.Frame("A", """{"method":"hls-start","params":{},"id":"1"}""");
        // Rooms may report before its own answer is here.
        _room.Report(Streams.Of("s1", RoomStreamState.Starting));
        Assert.Empty(_room.Read("A"));
        _room.Finish<StartStream>();

        var frames = _room.Read("A");
        Assert.NotNull(frames[0]["result"]);
        var first = frames[1]["params"]!;
        Assert.True((bool)first["enabled"]!);
        Assert.Equal(("initialised", ""), ((string?)first["variants"]![0]!["state"], (string?)first["variants"]![0]!["url"]));

        _room.Report(Streams.Of("s1", RoomStreamState.Running));
        var started = _room.Notified("A", "on-hls-update")["variants"]![0]!;
        Assert.Equal("started", (string?)started["state"]);
        Assert.EndsWith("m3u8", (string?)started["url"], StringComparison.Ordinal);
        Assert.Equal("no-dvr", (string?)started["playlist_type"]);
        Assert.True((long)started["started_at"]! > (long)started["initialised_at"]!);
    }

    [Fact]
    public void Updates_ReachEverySocket_PreviewsIncluded()
    {
        _room.Open("P");
        _room.Read("P");
        _room.Report(Streams.Of("s1", RoomStreamState.Starting));
        foreach (var peer in new[] { "A", "B", "P" }) Assert.Equal("on-hls-update", _room.Methods(peer));
    }

    [Fact]
    public void LateViewer_FindsTheStreamInItsPeerList()
    {
        _room.Report(Streams.Of("s1", RoomStreamState.Running));
        _room.Open("C", "hls");
        _room.Result("C", "join");
        var hls = _room.Notified("C", "peer-list")["room"]!["streaming"]!["hls"]!;
        Assert.True((bool)hls["enabled"]!);
        Assert.EndsWith("m3u8", (string?)hls["variants"]![0]!["url"], StringComparison.Ordinal);
    }

    [Fact]
    public void TimedMetadata_IsForWhoSendsOrStreams_WithinBounds()
    {
        const string Good = """{"metadata_objs":[{"payload":"a","duration":2},{"payload":"b","duration":1.5}],"metadata_id":"m"}""";
        _room.Join("S", "stage");
        foreach (var peer in new[] { "A", "S" })
        {
            _room.Frame(peer, $$"""{"method":"hls-timed-metadata","params":{{Good}},"id":"1"}""");
            Assert.Equal([("a", 2u), ("b", 1u)], _room.Finish<InsertMetadata>().Payloads);
            Assert.NotNull(Assert.Single(_room.Read(peer))["result"]);
        }

        Assert.Equal(403, _room.Refused("B", "hls-timed-metadata", Good));
        foreach (var bad in new[]
                 {
                     "{}", """{"metadata_objs":[]}""", """{"metadata_objs":[null]}""", """{"metadata_objs":[{"payload":"","duration":2}]}""",
                     """{"metadata_objs":[{"payload":"a"}]}""", """{"metadata_objs":[{"payload":"a","duration":0}]}""",
                     """{"metadata_objs":[{"payload":"a","duration":1e300}]}""", $$"""{"metadata_objs":[{"payload":"{{new string('x', 101)}}","duration":2}]}""",
                     $$"""{"metadata_objs":[{{string.Join(',', Enumerable.Repeat("""{"payload":"a","duration":2}""", 11))}}]}""",
                 })
        {
            Assert.Equal(400, _room.Refused("A", "hls-timed-metadata", bad));
        }

        _room.Frame("A", $$"""{"method":"hls-timed-metadata","params":{{Good}},"id":"2"}""");
        _room.Finish<InsertMetadata>(error: new(404, "hls not running"));
        Assert.Equal(404, (int)Assert.Single(_room.Read("A"))["error"]!["code"]!);
    }

    [Fact]
    public void Refusals_AreToldSparingly()
    {
        _room.Open("N", "nobody");
        for (var i = 0; i < 50; i++) Assert.Equal(403, _room.Refused("N", "join", """{"name":"N","data":""}"""));
        Assert.Equal(10, _room.Effects.OfType<EntryRefused>().Count());
        _room.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal(403, _room.Refused("N", "join", """{"name":"N","data":""}"""));
        Assert.Equal(11, _room.Effects.OfType<EntryRefused>().Count());
    }

    [Fact]
    public void Stop_IsToldWhenPlayersFindTheEnd()
    {
        _room.Report(Streams.Of("s1", RoomStreamState.Running));
        _room.Read("B");
        _room.Frame("A", """{"method":"hls-stop","params":{"stop_reason":""},"id":"1"}""");
        _room.Finish<StopStreams>();
        _room.Report(Streams.Of("s1", RoomStreamState.Stopping));
        Assert.Empty(_room.Read("B"));
        _room.Report(Streams.Of("s1", RoomStreamState.Ended));

        var update = _room.Notified("B", "on-hls-update");
        Assert.False((bool)update["enabled"]!);
        Assert.Equal(("stopped", ""), ((string?)update["variants"]![0]!["state"], (string?)update["variants"]![0]!["url"]));
        Assert.False(_room.State.Stream.Current.Enabled);
    }

    [Fact]
    public void Failure_CarriesAnErrorWhoseCodeIsNotZero()
    {
        _room.Report(Streams.Of("s1", RoomStreamState.Starting));
        _room.Read("A");
        _room.Report(Streams.Of("s1", RoomStreamState.Failed, wasPlayable: false, reason: "no packager"));
        var update = _room.Notified("A", "on-hls-update");
        Assert.Empty(update["variants"]!.AsArray());
        Assert.Equal((500, "no packager"), ((int)update["error"]!["code"]!, (string?)update["error"]!["message"]));
    }

    [Fact]
    public void SameReportTwice_OrOfAnOlderRun_IsNoNews()
    {
        _room.Report(Streams.Of("s1", RoomStreamState.Running));
        _room.Report(Streams.Of("s2", RoomStreamState.Starting));
        _room.Read("B");
        _room.Report(Streams.Of("s2", RoomStreamState.Starting));
        _room.Report(Streams.Of("s1", RoomStreamState.Ended));
        Assert.Empty(_room.Read("B"));
        Assert.True(_room.State.Stream.Current.Enabled);
    }

    [Fact]
    public void Refusals_OfRooms_ComeBackWithTheirCode()
    {
        _room.Frame("A", """{"method":"hls-start","params":{"variants":[{"meeting_url":"https://x"}],"hls_recording":{"hls_vod":true}},"id":"1"}""");
        var start = _room.Finish<StartStream>(error: new(409, "stream already running"));
        Assert.Equal(("https://x", true), (start.MeetingUrl, start.HlsVod));
        Assert.Equal(409, (int)_room.Read("A")[0]["error"]!["code"]!);
    }

    [Fact]
    public void WithoutTheRight_NothingIsAskedOfRooms()
    {
        Assert.Equal(403, _room.Refused("B", "hls-start"));
        Assert.Equal(403, _room.Refused("B", "hls-stop"));
        Assert.Equal(403, _room.Refused("B", "rtmp-start", """{"record":true}"""));
        Assert.Equal(405, _room.Refused("A", "rtmp-start", """{"record":true}"""));
        Assert.Empty(_room.Effects);
    }

    [Fact]
    public void Recording_IsToldFromTheStartOverPausesToTheEnd()
    {
        var told = new List<string?>();
        foreach (var (state, paused) in new[]
        {
            (RoomStreamState.Starting, false), (RoomStreamState.Running, false), (RoomStreamState.Running, false), (RoomStreamState.Running, true),
            (RoomStreamState.Running, false), (RoomStreamState.Stopping, false), (RoomStreamState.Ended, false),
        })
        {
            var report = Streams.Of("s1", state);
            (report.HlsVod, report.RecordingPaused) = (true, paused);
            _room.Report(report);
            told.AddRange(_room.Read("B").Where(frame => (string?)frame["method"] == "on-record-update").Select(frame =>
            {
                Assert.Equal(("HLS", true), ((string?)frame["params"]!["type"], (bool)frame["params"]!["hls_recording"]!["hls_vod"]!));
                return (string?)frame["params"]!["state"];
            }));
        }

        Assert.Equal(["initialised", "started", "paused", "resumed", "stopped"], told);
    }

    [Fact]
    public void Recording_LateViewerFindsItInItsPeerList()
    {
        var report = Streams.Of("s1", RoomStreamState.Running);
        report.HlsVod = true;
        _room.Report(report);
        _room.Open("C", "hls");
        _room.Result("C", "join");
        var hls = _room.Notified("C", "peer-list")["room"]!["recording"]!["hls"]!;
        Assert.Equal((true, "started", true), ((bool)hls["enabled"]!, (string?)hls["state"], (bool)hls["config"]!["hls_vod"]!));
        Assert.True((long)hls["started_at"]! > 0);
    }
}
