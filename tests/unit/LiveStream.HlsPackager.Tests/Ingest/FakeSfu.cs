using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Wire.Framing;
using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.HlsPackager.Tests.Ingest;

/// <summary>An SFU with one room that exports what the test sends, over a real connection.</summary>
internal sealed class FakeSfu : ISfuControl, IDisposable
{
    private Channel<RoomEvent> room = Channel.CreateUnbounded<RoomEvent>();
    private readonly Channel<StartExportRequest> starts = Channel.CreateUnbounded<StartExportRequest>();
    private readonly Channel<RequestKeyFrameRequest> keyFrames = Channel.CreateUnbounded<RequestKeyFrameRequest>();
    private Socket? export;

    public ChannelReader<StartExportRequest> Starts => starts.Reader;

    public ChannelReader<RequestKeyFrameRequest> KeyFrames => keyFrames.Reader;

    public bool Stopped { get; private set; }

    public void Publish(Track track) => room.Writer.TryWrite(new RoomEvent { TrackPublished = track });

    public void Unpublish(string trackId) =>
        room.Writer.TryWrite(new RoomEvent { TrackUnpublished = new TrackUnpublished { TrackId = trackId } });

    public void SendRtp(uint ssrc, byte payloadType, long sequence, uint timestamp, bool marker, ReadOnlySpan<byte> payload)
    {
        Span<byte> packet = stackalloc byte[2000];
        var length = RtpWriter.WriteFixedHeader(packet, marker, payloadType, (ushort)sequence, timestamp, ssrc, false, false);
        payload.CopyTo(packet[length..]);
        Send(packet[..(length + payload.Length)]);
    }

    public void SendReport(uint ssrc, ulong ntp, uint timestamp)
    {
        Span<byte> packet = stackalloc byte[64];
        Send(packet[..RtcpWriter.WriteSenderReport(packet, ssrc, ntp, timestamp, 1, 1, default)]);
    }

    public void BreakConnection() => export!.Dispose();

    /// <summary>The room is at another node from now on; this one keeps its connection open and sends nothing more by it.</summary>
    public void Move()
    {
        var before = room;
        room = Channel.CreateUnbounded<RoomEvent>();
        before.Writer.Complete(new ControlException(ControlError.Aborted, "the room has left"));
    }

    public async Task<StartExportReply> StartExportAsync(StartExportRequest request, CancellationToken cancellationToken)
    {
        export = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await export.ConnectAsync(request.Host, (int)request.Port, cancellationToken);
        Send(Encoding.UTF8.GetBytes($"LSEXPORT/1 {request.ExportId}\n"));
        await starts.Writer.WriteAsync(request, cancellationToken);
        return new StartExportReply();
    }

    public Task<StopExportReply> StopExportAsync(StopExportRequest request, CancellationToken cancellationToken)
    {
        Stopped = true;
        return Task.FromResult(new StopExportReply());
    }

    public async Task<RequestKeyFrameReply> RequestKeyFrameAsync(RequestKeyFrameRequest request, CancellationToken cancellationToken)
    {
        await keyFrames.Writer.WriteAsync(request, cancellationToken);
        return new RequestKeyFrameReply();
    }

    public async IAsyncEnumerable<RoomEvent> WatchRoomAsync(WatchRoomRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in room.Reader.ReadAllAsync(cancellationToken)) yield return change;
    }

    public Task<OpenTransportReply> OpenTransportAsync(OpenTransportRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<UpdateTransportReply> UpdateTransportAsync(UpdateTransportRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<CloseTransportReply> CloseTransportAsync(CloseTransportRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<OpenSubscriberReply> OpenSubscriberAsync(OpenSubscriberRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<MakeOfferReply> MakeOfferAsync(MakeOfferRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<TakeAnswerReply> TakeAnswerAsync(TakeAnswerRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ChangePolicyReply> ChangePolicyAsync(ChangePolicyRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<NodeStats> GetNodeStatsAsync(GetNodeStatsRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose() => export?.Dispose();

    private void Send(ReadOnlySpan<byte> packet)
    {
        Span<byte> frame = stackalloc byte[packet.Length + FramedPackets.HeaderSize];
        export!.Send(frame[..FramedPackets.Write(frame, packet)]);
    }
}
