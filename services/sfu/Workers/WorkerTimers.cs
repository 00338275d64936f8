using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Transports;
using LiveStream.Wire.Rtcp;

namespace LiveStream.Sfu.Workers;

/// <summary>
/// What a worker does by the clock: retransmission and key frame requests, feedback and reports to publishers, sender
/// reports to subscribers, layer choice, and the end of transports that fell silent. Worker thread only.
/// </summary>
internal sealed class WorkerTimers(TransportTable transports, WorkerRooms rooms, PacketCounters counters, SfuOptions options)
{
    private const long FeedbackMicroseconds = 50_000, ReportMicroseconds = 1_000_000, RoomMicroseconds = 250_000;
    private const int Shares = 10;

    private readonly byte[] _buffer = new byte[1200];
    private readonly ushort[] _lost = new ushort[64];
    private readonly Reports _reports = new();
    private readonly List<(MediaTransport Transport, string Reason)> _ended = [];
    private int _share;
    private long _feedbackAt;
    private long _roomsAt;

    /// <summary>One tick; called each 10 ms while there are transports.</summary>
    public void Tick(long nowMicroseconds)
    {
        var feedback = nowMicroseconds >= _feedbackAt;
        if (feedback) _feedbackAt = nowMicroseconds + FeedbackMicroseconds;
        foreach (var transport in transports.Publishing)
            if (transport.HasKeys) TickPublisher(transport, transport.Ingress!, feedback, nowMicroseconds);
        // What is due once a second is looked for at a tenth of them each time: hundreds of objects are not in the cache.
        _share = (_share + 1) % Shares;
        var all = transports.All;
        for (var i = _share; i < all.Length; i += Shares)
        {
            var transport = all[i];
            if (nowMicroseconds < transport.NextReportAt) continue;
            // The first report is spread by the time of joining, so all do not fall on one tick.
            transport.NextReportAt = nowMicroseconds + ReportMicroseconds;
            if (transport.HasKeys) SendReports(transport, nowMicroseconds);
            CheckAlive(transport, nowMicroseconds);
        }

        foreach (var (transport, reason) in _ended) rooms.Close(transport, reason);
        _ended.Clear();
        if (nowMicroseconds < _roomsAt) return;
        _roomsAt = nowMicroseconds + RoomMicroseconds;
        foreach (var room in rooms.All) room.Tick(nowMicroseconds);
        rooms.Farewells.Tick();
    }

    private void TickPublisher(MediaTransport transport, PublisherIngress ingress, bool feedback, long now)
    {
        foreach (var media in ingress.Media)
        {
            foreach (var stream in media.Track.Layers)
            {
                if (stream.Ssrc == 0) continue;
                if (media.Format.HasNack && stream.Nacks.Pending > 0) SendNack(transport, ingress, stream, now);
                if (stream.KeyFrames.TrySend(now)) SendKeyFrameRequest(transport, ingress, media, stream);
            }
        }

        if (!feedback || !ingress.HasTransportFeedback) return;
        while (ingress.Feedback.HasNews)
        {
            var length = ingress.Feedback.Write(_buffer, ingress.LocalSsrc, FirstSsrc(ingress));
            if (length == 0) return;
            transport.SendRtcp(_buffer.AsSpan(0, length));
        }
    }

    private void SendNack(MediaTransport transport, PublisherIngress ingress, IncomingStream stream, long now)
    {
        var count = stream.Nacks.Collect(now, options.AssumedRoundTripMicroseconds, _lost);
        if (count == 0) return;
        var length = RtcpWriter.WriteGenericNack(_buffer, ingress.LocalSsrc, stream.Ssrc, _lost.AsSpan(0, count));
        if (length == 0) return;
        counters.NacksSent += count;
        transport.SendRtcp(_buffer.AsSpan(0, length));
    }

    private void SendKeyFrameRequest(MediaTransport transport, PublisherIngress ingress, PublishedMedia media, IncomingStream stream)
    {
        var length = media.Format.HasPli ? RtcpWriter.WritePli(_buffer, ingress.LocalSsrc, stream.Ssrc)
            : media.Format.HasFir ? RtcpWriter.WriteFir(_buffer, ingress.LocalSsrc, stream.Ssrc, media.FirSequence++)
            : 0;
        if (length == 0) return;
        counters.KeyFrameRequestsSent++;
        transport.SendRtcp(_buffer.AsSpan(0, length));
    }

    private void SendReports(MediaTransport transport, long now)
    {
        if (transport.Ingress is { } ingress) _reports.SendToPublisher(ingress, transport, now);
        if (transport.Subscriber is { } subscriber) _reports.SendToSubscriber(subscriber.Egress, WallClock.ToUnixMicroseconds(now));
    }

    private void CheckAlive(MediaTransport transport, long now)
    {
        var silent = now - transport.LastHeardAt;
        if (!transport.HasKeys)
        {
            var open = now - transport.OpenedAt;
            if (transport.IsAnswered && open > options.ConnectTimeoutMicroseconds) _ended.Add((transport, "The client did not connect in time."));
            // Signalling passes on the answer, and may be gone as well as the client.
            else if (!transport.IsAnswered && open > options.ReconnectTimeoutMicroseconds) _ended.Add((transport, "The client did not answer in time."));
            return;
        }

        // A peer of the client protocol comes back by an ICE restart; signalling ends it when it does not.
        if (silent > (transport.IsOfPeer ? options.ReconnectTimeoutMicroseconds : options.SilenceTimeoutMicroseconds)) _ended.Add((transport, "The client fell silent."));
        else if (silent > options.DisconnectedAfterMicroseconds)
        {
            rooms.Report(transport, TransportState.Disconnected, "No packet is arriving.");
            if (silent > options.SilenceTimeoutMicroseconds) rooms.Publishers.Pause(transport, "The client fell silent.");
        }
        else if (transport.State == TransportState.Disconnected) rooms.Report(transport, TransportState.Connected, "");
    }

    private static uint FirstSsrc(PublisherIngress ingress)
    {
        foreach (var media in ingress.Media)
            foreach (var stream in media.Track.Layers)
                if (stream.Ssrc != 0) return stream.Ssrc;
        return 0;
    }
}
