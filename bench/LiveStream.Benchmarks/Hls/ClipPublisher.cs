using LiveStream.Benchmarks.Load;
using LiveStream.Sfu.Dtls;
using LiveStream.Testing.Rtc;
using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Benchmarks.Hls;

/// <summary>Publishes a clip as a browser publishes a camera. Driven by a precise <see cref="LoadThread"/>.</summary>
internal sealed class ClipPublisher : ILoadClient, IRtcSessionOutput, IRtcObserver, IDisposable
{
    private readonly ClipVideo _video;
    private readonly ClipAudio _audio;
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RtpSendStream? _videoStream, _audioStream;

    public ClipPublisher(DtlsIdentity identity, Clip clip, int seed)
    {
        (_video, _audio) = (new ClipVideo(clip.Frames), new ClipAudio(clip.OpusPackets));
        Session = new RtcSession(
            identity, new RtcSessionOptions { Offer = new RtcOfferOptions { Sending = true } }, this, this, new Random(seed));
    }

    public RtcSession Session { get; }

    public LoadSocket Socket { get; } = new();

    /// <summary>Completes when media flows; fails with the session.</summary>
    public Task Connected => _connected.Task;

    /// <summary>How much later than due packets left: what this process adds to every delay.</summary>
    public DelayHistogram Lateness { get; } = new();

    /// <summary>Key frames sent.</summary>
    public int KeyFrames => _video.KeyFrames;

    public TimeSpan NextDue
    {
        get
        {
            var due = Session.NextDue;
            if (_videoStream is null) return due;
            if (_video.NextDue < due) due = _video.NextDue;
            return _audio.NextDue < due ? _audio.NextDue : due;
        }
    }

    public void Receive(Span<byte> datagram, TimeSpan arrival) => Session.Receive(datagram, LoadNative.Now);

    public void Advance(TimeSpan now)
    {
        Session.Advance(now);
        if (_videoStream is null || Session.State != RtcSessionState.Connected) return;
        while (_video.TryTake(now, out var packet)) Send(_videoStream, packet, voice: false);
        while (_audio.TryTake(now, out var packet)) Send(_audioStream!, packet, voice: true);
    }

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
                StartMedia();
                _connected.TrySetResult();
                break;
            case RtcSessionState.Failed or RtcSessionState.Closed:
                _connected.TrySetException(new InvalidOperationException($"The publisher ended: {session.Failure ?? "closed by the server"}"));
                break;
        }
    }

    bool IRtcObserver.OnRtpHeader(RtcSession session, RtpReceiveStatistics stream, in RtpPacketView packet) => false;

    void IRtcObserver.OnRtp(RtcSession session, RtpReceiveStatistics stream, in RtpPacketView packet, TimeSpan arrival)
    {
    }

    void IRtcObserver.OnRtcp(RtcSession session, in RtcpPacketView packet)
    {
        if (PictureLossIndication.TryParse(packet, out _) || FullIntraRequest.TryParse(packet, out _)) _video.RequestKeyFrame();
    }

    private void StartMedia()
    {
        var offer = Session.Offer;
        var mids = offer.KindByMid.ToDictionary(pair => pair.Value, pair => pair.Key);
        _videoStream = Session.AddStream(new RtpSendStreamOptions(offer.VideoSsrc, RtcCodec.H264, mids["video"], null, offer.VideoRtxSsrc));
        _audioStream = Session.AddStream(new RtpSendStreamOptions(offer.AudioSsrc, RtcCodec.Opus, mids["audio"]));
        var now = LoadNative.Now;
        _video.Start(now);
        _audio.Start(now);
    }

    // The stream is told the capture time, so that its sender reports tie timestamps to capture, as a browser's do.
    private void Send(RtpSendStream stream, in ClipPacket packet, bool voice)
    {
        Session.SendRtp(stream, packet.Marker, packet.Timestamp, packet.Payload, packet.Captured, voice);
        Lateness.Add(LoadNative.Now - packet.Due);
    }
}
