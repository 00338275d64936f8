using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Protocol.Requests;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>The room's HLS stream. Rooms keeps it; this only asks, and passes on what becomes of it.</summary>
internal static class StreamMethods
{
    private const int MaxMeetingUrlLength = 2048;
    private const int MaxPayloads = 10;
    private const int MaxPayloadLength = 100;
    private const int MaxPayloadSeconds = 24 * 60 * 60;

    public static void Start(Call call, HlsStartParams start)
    {
        if (!call.Requires(call.Permissions.HlsStreaming, "start a live stream")) return;
        var meetingUrl = start.Variants?.FirstOrDefault()?.MeetingUrl ?? "";
        if (start.Variants?.Count > ProtocolLimits.MaxListed || !Texts.Fits(meetingUrl, MaxMeetingUrlLength))
        {
            call.Refuse(ErrorCode.BadRequest, "no variants like that");
            return;
        }

        var recording = start.Recording;
        Run(call, ticket => new StartStream(ticket, call.Peer.Id, meetingUrl, recording?.HlsVod, recording?.SingleFilePerLayer));
    }

    public static void Stop(Call call, HlsStopParams stop)
    {
        if (!call.Requires(call.Permissions.HlsStreaming, "stop a live stream")) return;
        if (!Texts.Fits(stop.Reason, ProtocolLimits.MaxTextLength)) call.Refuse(ErrorCode.BadRequest, "the reason is too long");
        else Run(call, ticket => new StopStreams(ticket, call.Peer.Id));
    }

    /// <summary>Payloads for the viewers of the stream, who get them with the pictures of this moment.</summary>
    public static void InsertMetadata(Call call, HlsMetadataParams metadata)
    {
        // Who only watches does not write into what thousands get.
        var may = call.Permissions.HlsStreaming || call.Room.Rules.Publishes(call.Peer.Role);
        if (!call.Requires(may, "insert timed metadata")) return;
        if (metadata.Objects is not { Count: > 0 and <= MaxPayloads } objects
            || objects.Exists(one => one?.Payload is not { Length: > 0 and <= MaxPayloadLength } || !(one.Duration is >= 1 and <= MaxPayloadSeconds)))
        {
            call.Refuse(ErrorCode.BadRequest, $"1 to {MaxPayloads} objects, each with a payload of up to {MaxPayloadLength} characters and a duration in seconds");
            return;
        }

        call.Room.Emit(
            ticket => new InsertMetadata(ticket, [.. objects.Select(one => (one!.Payload!, (uint)one.Duration!.Value))]),
            finished =>
            {
                if (finished.Error is null) call.Answer();
                else call.Refuse(finished.Error);
            });
    }

    // Not done, and not shown as running either.
    public static void StartRecording(Call call, NoParams _)
    {
        if (call.Requires(call.Permissions.BrowserRecording || call.Permissions.RtmpStreaming, "record or stream by RTMP"))
            call.Refuse(ErrorCode.NotSupported, "recording and RTMP are not available on this server");
    }

    public static void StopRecording(Call call, NoParams _)
    {
        if (call.Requires(call.Permissions.BrowserRecording || call.Permissions.RtmpStreaming, "record or stream by RTMP"))
            call.Refuse(ErrorCode.NotFound, "recording not running");
    }

    /// <summary>Tells everybody with a socket, joined or not, what became of the stream.</summary>
    public static void Report(RoomState room, RoomStream stream)
    {
        if (room.HoldStreamReport(stream)) return;
        if (room.Stream.Report(stream) is { } news) room.SendToAll(new OnHlsUpdate(news));
        if (room.HlsRecording.Report(stream) is { } recording) room.SendToAll(OnRecordUpdate.Of(recording));
    }

    private static void Run(Call call, Func<long, RoomCommand> command)
    {
        // What is reported meanwhile is told after the reply.
        call.Room.HoldStreamReports();
        call.Room.Emit(command, finished =>
        {
            if (finished.Error is null) call.Answer();
            else call.Refuse(finished.Error);
            foreach (var report in call.Room.ReleaseStreamReports()) Report(call.Room, report);
        });
    }
}
