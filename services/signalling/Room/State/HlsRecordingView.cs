using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Protocol;

namespace LiveStream.Signalling.Room.State;

/// <summary>What is recorded of the room's HLS stream, as clients are told it.</summary>
internal sealed class HlsRecordingView
{
    private const string None = "none", Initialised = "initialised", Started = "started", Paused = "paused", Resumed = "resumed", Stopped = "stopped", Failed = "failed";

    private RoomStream? _stream;
    private string _state = None;

    /// <summary>For whoever comes now: a recording that is over leaves nothing.</summary>
    public HlsRecordingShape Current => _state is None or Stopped or Failed ? HlsRecordingShape.None : ShapeOf(_stream!, _state);

    /// <summary>Takes a report; what clients are told of it, or null when it is no news.</summary>
    public HlsRecordingShape? Report(RoomStream stream)
    {
        if (!stream.HlsVod && !stream.SingleFilePerLayer) return null;
        var same = _stream?.StreamId == stream.StreamId;
        var before = same ? _state : None;
        var state = StateOf(stream, before);
        // An end without a beginning is history, and that of the run before does not end this one.
        if (state == before || (before == None && state is Stopped or Failed)) return null;
        (_stream, _state) = (stream, state);
        return ShapeOf(stream, state);
    }

    private static string StateOf(RoomStream stream, string before) => stream.State switch
    {
        RoomStreamState.Failed => Failed,
        RoomStreamState.Ended => Stopped,
        // Media is still taken in until the end.
        RoomStreamState.Stopping => before,
        _ when stream.StartedAt is null => Initialised,
        _ when stream.RecordingPaused => Paused,
        _ when before is Paused or Resumed => Resumed,
        _ => Started,
    };

    private static HlsRecordingShape ShapeOf(RoomStream stream, string state) => new(
        state is not (Paused or Stopped or Failed),
        state,
        stream.StartedAt?.ToDateTimeOffset().ToUnixTimeMilliseconds(),
        stream.InitialisedAt?.ToDateTimeOffset().ToUnixTimeMilliseconds(),
        new HlsRecordingConfig(stream.HlsVod, stream.SingleFilePerLayer));
}
