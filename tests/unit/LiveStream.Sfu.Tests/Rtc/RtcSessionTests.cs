using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Srtp;
using LiveStream.Testing.Rtc;
using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Sfu.Tests.Rtc;

public sealed class RtcSessionTests : IRtcSessionOutput, IRtcObserver, IDisposable
{
    private const string Candidate = "1 1 udp 2130706431 127.0.0.1 7882 typ host";

    private readonly DtlsIdentity _identity = DtlsIdentity.Create();
    private readonly Queue<(bool ToServer, byte[] Datagram)> _wire = new();
    private readonly List<(uint Ssrc, ushort SequenceNumber, byte[] Payload)> _received = [];
    private readonly List<RtcpType> _rtcp = [];
    private readonly List<RtcSessionState> _states = [];
    private readonly RtcSession _session;
    private LoopbackServer? _server;
    private TimeSpan _now = TimeSpan.FromSeconds(100);

    public RtcSessionTests()
    {
        var options = new RtcSessionOptions { Offer = new RtcOfferOptions { Sending = true } };
        _session = new RtcSession(_identity, options, this, this, new Random(1));
    }

    [Fact]
    public void Answer_OfALiteServer_ConnectsThroughIceAndDtls()
    {
        Connect();
        Assert.Equal([RtcSessionState.Checking, RtcSessionState.Handshaking, RtcSessionState.Connected], _states);
        Assert.Equal(SrtpProfile.AeadAes128Gcm, _session.Profile);
        Assert.True(_server!.Nominated);
    }

    [Fact]
    public void Answer_ServerKnowsOnlySha1_FallsBack()
    {
        Connect(new DtlsSettings { Profiles = [SrtpProfile.AesCm128HmacSha1_80] });
        Assert.Equal(SrtpProfile.AesCm128HmacSha1_80, _session.Profile);
        SendVideo(3);
        Assert.Equal(3, _received.Count);
    }

    [Fact]
    public void SendRtp_ThroughTheWire_ComesBackEqualWithExtensions()
    {
        Connect();
        var stream = AddVideo();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(_session.SendRtp(stream, marker: i % 6 == 5, (uint)i * 3000, [1, 2, 3, (byte)i], _now));
            Pump();
        }
        Assert.Equal(100, _received.Count);
        Assert.Equal([1, 2, 3, 99], _received[^1].Payload);
        var transport = new List<ushort>();
        foreach (var packet in _server!.Rtp)
        {
            Assert.Equal(RtpError.None, RtpPacketView.TryParse(packet, out var view));
            Assert.Equal(102, view.PayloadType);
            Assert.True(view.TryGetExtension(RtcExtensionIds.TransportSequenceNumber, out var value));
            Assert.True(TransportSequenceNumber.TryParse(value, out var sequence));
            transport.Add(sequence.Value);
        }
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (ushort)i), transport);
        Assert.Equal(RtpError.None, RtpPacketView.TryParse(_server.Rtp[0], out var first));
        Assert.True(first.TryGetExtension(RtcExtensionIds.Mid, out var mid));
        Assert.Equal("1"u8, mid);
        var statistics = Assert.Single(_session.Received.Streams);
        Assert.Equal((100, 0, 0), (statistics.Received, statistics.Lost, statistics.Duplicates));
    }

    [Fact]
    public void Nack_OfAKeptPacket_IsAnsweredByRtx()
    {
        Connect();
        var stream = AddVideo();
        SendVideo(10, stream);
        Assert.Equal(RtpError.None, RtpPacketView.TryParse(_server!.Rtp[4], out var lost));
        var osn = lost.SequenceNumber;
        var payload = lost.Payload.ToArray();
        _server.SendRtcp(packet => RtcpWriter.WriteGenericNack(packet, 1, stream.Options.Ssrc, [osn]));
        Pump();
        Assert.Equal(RtpError.None, RtpPacketView.TryParse(_server.Rtp[^1], out var again));
        Assert.Equal((byte)103, again.PayloadType);
        Assert.Equal(stream.Options.RtxSsrc, again.Ssrc);
        Assert.True(RtxPacket.TryGetOriginalSequenceNumber(again.Payload, out var readOsn, out var original));
        Assert.Equal(osn, readOsn);
        Assert.Equal(payload, original);
        Assert.Equal(1, stream.Retransmitted);
    }

    [Fact]
    public void Nack_WithoutRtx_ResendsTheSamePacket()
    {
        Connect();
        var stream = _session.AddStream(new RtpSendStreamOptions(77, RtcCodec.Opus, "0"));
        _session.SendRtp(stream, false, 960, [9, 9, 9], _now);
        Pump();
        Assert.Equal(RtpError.None, RtpPacketView.TryParse(_server!.Rtp[0], out var sent));
        var sequence = sent.SequenceNumber;
        _server.SendRtcp(packet => RtcpWriter.WriteGenericNack(packet, 1, 77, [sequence, (ushort)(sequence + 1)]));
        Pump();
        // The server has that index already: equal bytes are dropped as a replay, and the unknown packet is not invented.
        Assert.Single(_server.Rtp);
        Assert.Equal(1, stream.Retransmitted);
    }

    [Fact]
    public void Advance_OneSecond_SendsReportsAndFeedback()
    {
        Connect();
        SendVideo(30);
        Run(TimeSpan.FromSeconds(1.2));
        var types = new List<(RtcpType, byte)>();
        foreach (var compound in _server!.Rtcp)
        {
            var reader = new RtcpReader(compound);
            while (reader.TryRead(out var packet)) types.Add((packet.PacketType, packet.Count));
            Assert.Equal(RtcpError.None, reader.Error);
        }
        Assert.Contains(types, type => type.Item1 == RtcpType.SenderReport);
        Assert.Contains(types, type => type.Item1 == RtcpType.SourceDescription);
        Assert.Contains(types, type => type == (RtcpType.TransportLayerFeedback, RtcpFeedbackFormat.TransportFeedback));
    }

    [Fact]
    public void Rtcp_FromTheServer_IsHeard()
    {
        Connect();
        _server!.SendRtcp(packet => RtcpWriter.WritePli(packet, 1, 2));
        Pump();
        Assert.Equal([RtcpType.PayloadSpecificFeedback], _rtcp);
    }

    [Fact]
    public void Advance_NobodyAnswers_FailsAfterTheLastCheck()
    {
        Start(null);
        _server!.Mute = true;
        Run(TimeSpan.FromSeconds(10));
        Assert.Equal(RtcSessionState.Failed, _session.State);
        Assert.Equal("No candidate answered.", _session.Failure);
    }

    [Fact]
    public void Advance_Connected_KeepsConsentUntilTheServerFallsSilent()
    {
        Connect();
        var checks = _server!.Checks;
        Run(TimeSpan.FromSeconds(61));
        Assert.Equal(RtcSessionState.Connected, _session.State);
        Assert.InRange(_server.Checks - checks, 10, 16);
        _server.Mute = true;
        Run(TimeSpan.FromSeconds(31));
        Assert.Equal((RtcSessionState.Failed, "Consent expired."), (_session.State, _session.Failure));
    }

    [Fact]
    public void Close_Connected_SaysBye()
    {
        Connect();
        _session.Close();
        Pump();
        var reader = new RtcpReader(_server!.Rtcp[^1]);
        Assert.True(reader.TryRead(out _));
        Assert.True(reader.TryRead(out var bye));
        Assert.Equal(RtcpType.Bye, bye.PacketType);
        Assert.Equal(RtcSessionState.Closed, _session.State);
    }

    [Fact]
    public void Receive_Garbage_ChangesNothing()
    {
        Connect();
        var random = new Random(4);
        for (var i = 0; i < 2000; i++)
        {
            var garbage = new byte[random.Next(0, 200)];
            random.NextBytes(garbage);
            _session.Receive(garbage, _now);
        }
        Pump();
        SendVideo(1);
        Assert.Single(_received);
    }

    public void Dispose()
    {
        _session.Dispose();
        _server?.Dispose();
        _identity.Dispose();
    }

    void IRtcSessionOutput.Send(ReadOnlySpan<byte> datagram, RemoteCandidate target) => _wire.Enqueue((true, datagram.ToArray()));

    void IRtcObserver.OnStateChanged(RtcSession session) => _states.Add(session.State);

    bool IRtcObserver.OnRtpHeader(RtcSession session, RtpReceiveStatistics stream, in RtpPacketView packet) => true;

    void IRtcObserver.OnRtp(RtcSession session, RtpReceiveStatistics stream, in RtpPacketView packet, TimeSpan arrival) =>
        _received.Add((packet.Ssrc, packet.SequenceNumber, packet.Payload.ToArray()));

    void IRtcObserver.OnRtcp(RtcSession session, in RtcpPacketView packet) => _rtcp.Add(packet.PacketType);

    private void Start(DtlsSettings? settings)
    {
        _server = new LoopbackServer(_session.Offer.Sdp, Candidate, datagram => _wire.Enqueue((false, datagram)), settings);
        _session.SetAnswer(_server.Answer, _now);
    }

    private void Connect(DtlsSettings? settings = null)
    {
        Start(settings);
        Pump();
        Assert.Equal((RtcSessionState.Connected, null), (_session.State, _session.Failure));
    }

    private void Pump()
    {
        while (_wire.TryDequeue(out var next))
        {
            if (next.ToServer) _server!.Receive(next.Datagram);
            else _session.Receive(next.Datagram, _now);
        }
    }

    private void Run(TimeSpan time)
    {
        for (var end = _now + time; _now < end; _now += TimeSpan.FromMilliseconds(20))
        {
            _session.Advance(_now);
            Pump();
        }
    }

    private RtpSendStream AddVideo() =>
        _session.AddStream(new RtpSendStreamOptions(_session.Offer.VideoSsrc, RtcCodec.H264, "1", null, _session.Offer.VideoRtxSsrc));

    private void SendVideo(int packets, RtpSendStream? stream = null)
    {
        stream ??= AddVideo();
        for (var i = 0; i < packets; i++)
        {
            _session.SendRtp(stream, false, (uint)i, [(byte)i], _now);
            Pump();
        }
    }
}
