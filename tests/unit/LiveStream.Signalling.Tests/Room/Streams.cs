using Google.Protobuf.WellKnownTypes;

using LiveStream.Contracts.Rooms.V1;

namespace LiveStream.Signalling.Tests.Room;

/// <summary>Reports of live streams.</summary>
internal static class Streams
{
    public static RoomStream Of(string id, RoomStreamState state, bool wasPlayable = true, string reason = "") => new()
    {
        StreamId = id,
        RoomId = "r1",
        State = state,
        Url = $"http://live.example.test/hls/{id}/master.m3u8",
        InitialisedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddDays(1)),
        StartedAt = wasPlayable && state != RoomStreamState.Starting ? Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddDays(2)) : null,
        Reason = reason,
    };
}
