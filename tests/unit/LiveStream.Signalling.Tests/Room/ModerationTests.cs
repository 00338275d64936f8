using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Tests.Room;

public sealed class ModerationTests
{
    private readonly RoomRig _room = new RoomRig().Join("A", "host").Join("B").Join("C");

    [Fact]
    public void Removed_IsToldWhyAndByWhom_AndTheOthersAtOnce()
    {
        _room.Result("A", "peer-leave-request", """{"requested_for":"B","reason":"spam"}""");
        Assert.Equal("on-peer-leave session-info", _room.Methods("C"));
        Assert.Null(_room.State.Peers.Find("B"));
        var gone = Assert.Single(_room.Effects.OfType<PeerGone>());
        Assert.Equal((LeaveCause.Removed, "spam"), (gone.Cause, gone.Message));
    }

    [Fact]
    public void Removed_SocketIsClosedOnlyAfterTheClientHadTimeToLeave()
    {
        var socket = _room.State.Peers.Find("B")!.Socket!.Value;
        _room.Result("A", "peer-leave-request", """{"requested_for":"B","reason":""}""");
        var farewell = Assert.Single(_room.ReadSocket(socket));
        Assert.Equal("on-peer-leave-request", (string?)farewell["method"]);
        Assert.Equal("A", (string?)farewell["params"]!["requested_by"]);
        Assert.False((bool)farewell["params"]!["room_end"]!);
        Assert.DoesNotContain(_room.Effects, effect => effect is CloseSocket);
        // What it still says is answered, and changes nothing.
        Assert.Equal(410, _room.Refused("B", "peer-update", """{"name":"x"}"""));

        _room.Wait(TimeSpan.FromSeconds(6));
        Assert.Contains(_room.Effects, effect => effect is CloseSocket close && close.Socket == socket);
    }

    [Fact]
    public void Remove_NeedsTheRightAndThePeer()
    {
        Assert.Equal(403, _room.Refused("B", "peer-leave-request", """{"requested_for":"C","reason":""}"""));
        Assert.Equal(404, _room.Refused("A", "peer-leave-request", """{"requested_for":"X","reason":""}"""));
        Assert.Equal(3, _room.State.Peers.JoinedCount);
    }

    [Fact]
    public void EndRoom_SendsEverybodyElseAway_AndEndsSessionAndStream()
    {
        _room.Report(Streams.Of("s1", Contracts.Rooms.V1.RoomStreamState.Running));
        _room.Read("B");
        _room.Frame("A", """{"method":"end-room","params":{"lock":false,"reason":"over"},"id":"1"}""");

        Assert.Equal("reply", _room.Methods("A")["on-hls-update ".Length..]);
        Assert.Null(_room.State.Session);
        Assert.Single(_room.Effects.OfType<SessionOver>());
        Assert.Equal(3, _room.Effects.OfType<PeerGone>().Count(gone => gone.Cause == LeaveCause.RoomEnded));
        Assert.Contains(_room.Effects, effect => effect is StopStreams);
        Assert.DoesNotContain(_room.Effects, effect => effect is LockRoom);
        // Its client says goodbye as well; nobody minds.
        _room.Notify("A", "leave");
        _room.Join("D");
    }

    [Fact]
    public void EndRoom_TellsWhoAskedAndThatItIsTheEnd()
    {
        _room.Result("A", "end-room", """{"lock":false,"reason":"over"}""");
        var farewell = _room.Notified("C", "on-peer-leave-request");
        Assert.Equal(("A", "over", true), ((string?)farewell["requested_by"], (string?)farewell["reason"], (bool)farewell["room_end"]!));
    }

    [Fact]
    public void EndRoom_WithLock_LetsNobodyIn()
    {
        _room.Open("P");
        _room.Read("P");
        _room.Result("A", "end-room", """{"lock":true,"reason":""}""");
        Assert.Contains(_room.Effects, effect => effect is LockRoom);
        Assert.Equal(410, (int)_room.Notified("P", "on-error")["code"]!);
        _room.Open("Q");
        Assert.Equal(410, (int)_room.Notified("Q", "on-error")["code"]!);

        _room.Wait(TimeSpan.FromSeconds(6));
        Assert.True(_room.State.IsIdle);
    }

    [Fact]
    public void EndRoom_EndsWhoPublishesOrWatchesByWhipAndWhep()
    {
        _room.Result("A", "end-room", """{"lock":false,"reason":"over"}""");
        Assert.Equal("over", Assert.Single(_room.Effects.OfType<CloseSessions>()).Reason);
    }

    [Fact]
    public void EndRoom_NeedsTheRight()
    {
        Assert.Equal(403, _room.Refused("B", "end-room", """{"lock":true,"reason":""}"""));
        Assert.Equal(3, _room.State.Peers.JoinedCount);
    }

    [Theory]
    [InlineData("poll-start")]
    [InlineData("poll-anything")]
    [InlineData("whiteboard-get")]
    [InlineData("transcription-start")]
    public void AbsentParts_AreRefusedClearly(string method) => Assert.Contains(
        "not available", LiveStream.Signalling.Room.Methods.MethodTable.ErrorOfUnknown(method).Message, StringComparison.Ordinal);
}
