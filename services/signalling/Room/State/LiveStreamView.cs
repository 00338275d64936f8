using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Protocol;

namespace LiveStream.Signalling.Room.State;

/// <summary>The room's HLS stream as clients are told it.</summary>
internal sealed class LiveStreamView
{
    // Clients take zero for no error at all.
    private const int FailedCode = ErrorCode.Internal;

    private RoomStream? _stream;

    /// <summary>A stream is on air, or about to be.</summary>
    public bool IsLive => _stream?.State is RoomStreamState.Starting or RoomStreamState.Running or RoomStreamState.Stopping;

    /// <summary>For whoever comes now: a stream that is over leaves nothing.</summary>
    public HlsShape Current => IsLive ? ShapeOf(_stream!) : new HlsShape(false, []);

    /// <summary>Takes a report; what clients are told of it, or null when it is no news.</summary>
    public HlsShape? Report(RoomStream stream)
    {
        var same = _stream?.StreamId == stream.StreamId;
        if (same && _stream!.State == stream.State) return null;
        // The end of the run before does not end this one.
        if (!same && IsLive && IsOver(stream)) return null;
        // An end without a beginning is history.
        if (_stream is null && IsOver(stream)) return null;
        _stream = stream;
        // Players go on until they find the end of the playlist.
        return stream.State == RoomStreamState.Stopping ? null : ShapeOf(stream);
    }

    private static bool IsOver(RoomStream stream) => stream.State is RoomStreamState.Ended or RoomStreamState.Failed;

    private static HlsShape ShapeOf(RoomStream stream) => stream.State switch
    {
        RoomStreamState.Failed => new HlsShape(false, [], new HlsErrorShape(FailedCode, stream.Reason.Length > 0 ? stream.Reason : "the live stream failed")),
        RoomStreamState.Ended => new HlsShape(false, [VariantOf(stream, "stopped", "")]),
        // The URL comes once it can be played: players give up on the first 404.
        _ when stream.StartedAt is null => new HlsShape(true, [VariantOf(stream, "initialised", "")]),
        _ => new HlsShape(true, [VariantOf(stream, "started", stream.Url)]),
    };

    private static HlsVariantShape VariantOf(RoomStream stream, string state, string url) => new(
        url,
        stream.MeetingUrl,
        "",
        state,
        stream.InitialisedAt?.ToDateTimeOffset().ToUnixTimeMilliseconds(),
        stream.StartedAt?.ToDateTimeOffset().ToUnixTimeMilliseconds(),
        stream.Dvr ? "dvr" : "no-dvr");
}
