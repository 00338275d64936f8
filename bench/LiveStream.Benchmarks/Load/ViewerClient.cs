using LiveStream.Sfu.Dtls;
using LiveStream.Testing.Rtc;
using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Benchmarks.Load;

/// <summary>How viewers take what the server sends, of which loopback puts a part on the server's account.</summary>
internal enum Receivers
{
    /// <summary>
    /// As one message (UDP_GRO). Loopback then does not cut it, so that this work is on nobody's account, as with a network
    /// card that cuts messages itself.
    /// </summary>
    Coalescing,

    /// <summary>One by one: loopback cuts the message and delivers each part within the server's send call.</summary>
    Plain,

    /// <summary>As <see cref="Coalescing"/>, but their thread sleeps on the sockets, so that the server's send calls wake it.</summary>
    Woken,
}

/// <summary>What one viewer saw of one stream during a window.</summary>
/// <param name="Received">Packets, each sequence number once.</param>
/// <param name="PublishedSpan">Packets that the publisher sent from the first to the last stamped packet seen.</param>
/// <param name="ReceivedSpan">Packets that came between those two.</param>
/// <param name="LastIndex">The publisher's count at the last stamped packet; -1 if none was seen.</param>
internal readonly record struct StreamWindow(long Received, long PublishedSpan, long ReceivedSpan, long LastIndex)
{
    /// <summary>Packets that the server received or should have received, but this viewer did not.</summary>
    public long Lost => Math.Max(0, PublishedSpan - ReceivedSpan);
}

/// <summary>
/// Watches by WHEP: reads clear headers of all packets, decrypts one in seven (which meets every place in a frame) to learn
/// publisher's count and time, and sends the RTCP that a browser sends.
/// </summary>
internal sealed class ViewerClient : ILoadClient, IRtcSessionOutput, IRtcObserver, IDisposable
{
    private const int DecryptEvery = 7;

    private readonly DelayHistogram _delays;
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StreamCount _video = new(), _audio = new();

    /// <summary>A viewer; the histogram belongs to its thread.</summary>
    public ViewerClient(DtlsIdentity identity, Receivers receivers, DelayHistogram delays, Random random)
    {
        _delays = delays;
        Socket = new LoadSocket(coalesces: receivers != Receivers.Plain);
        Session = new RtcSession(identity, new RtcSessionOptions { Offer = new RtcOfferOptions { Sending = false } }, this, this, random);
    }

    public RtcSession Session { get; }

    public LoadSocket Socket { get; }

    public TimeSpan NextDue => Session.NextDue;

    /// <summary>Completes when media can flow; fails with the session.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Whether both video and audio have arrived.</summary>
    public bool Plays => _video.Statistics is not null && _audio.Statistics is not null;

    public void Receive(Span<byte> datagram, TimeSpan arrival) => Session.Receive(datagram, arrival);

    public void Advance(TimeSpan now) => Session.Advance(now);

    /// <summary>Starts counting anew.</summary>
    public void BeginWindow()
    {
        _video.Begin();
        _audio.Begin();
    }

    /// <summary>What came since <see cref="BeginWindow"/>.</summary>
    public (StreamWindow Video, StreamWindow Audio) EndWindow() => (_video.End(), _audio.End());

    public void Dispose()
    {
        Session.Dispose();
        Socket.Dispose();
    }

    void IRtcSessionOutput.Send(ReadOnlySpan<byte> datagram, RemoteCandidate target) => Socket.Send(datagram, target.EndPoint);

    void IRtcObserver.OnStateChanged(RtcSession session)
    {
        switch (session.State)
        {
            case RtcSessionState.Connected:
                _connected.TrySetResult();
                break;
            case RtcSessionState.Failed or RtcSessionState.Closed:
                _connected.TrySetException(new InvalidOperationException($"A viewer ended: {session.Failure ?? "closed by the server"}"));
                break;
        }
    }

    bool IRtcObserver.OnRtpHeader(RtcSession session, RtpReceiveStatistics stream, in RtpPacketView packet)
    {
        var count = packet.PayloadType == RtcCodec.Opus.PayloadType ? _audio : _video;
        if (!session.Received.IsRtx(packet.PayloadType)) count.Statistics = stream;
        return packet.SequenceNumber % DecryptEvery == 0;
    }

    void IRtcObserver.OnRtp(RtcSession session, RtpReceiveStatistics stream, in RtpPacketView packet, TimeSpan arrival)
    {
        if (packet.Payload.Length < MediaPayload.StampOffset) return;
        if (!PacketStamp.TryRead(packet.Payload[MediaPayload.StampOffset..], out var stamp)) return;
        _delays.Add(arrival - stamp.SentAt);
        (packet.PayloadType == RtcCodec.Opus.PayloadType ? _audio : _video).AddStamp(stamp.Index);
    }

    void IRtcObserver.OnRtcp(RtcSession session, in RtcpPacketView packet)
    {
    }

    private sealed class StreamCount
    {
        private long _receivedAtBegin, _firstIndex, _firstReceived, _lastIndex, _lastReceived;

        public RtpReceiveStatistics? Statistics { get; set; }

        private long Received => Statistics?.Received ?? 0;

        public void Begin()
        {
            _receivedAtBegin = Received;
            _firstIndex = _lastIndex = -1;
        }

        public void AddStamp(long index)
        {
            if (_firstIndex < 0) (_firstIndex, _firstReceived) = (index, Received);
            (_lastIndex, _lastReceived) = (index, Received);
        }

        public StreamWindow End() => new(Received - _receivedAtBegin, _lastIndex - _firstIndex, _lastReceived - _firstReceived, _lastIndex);
    }
}
