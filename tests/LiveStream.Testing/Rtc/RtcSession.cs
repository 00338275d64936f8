using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Srtp;
using LiveStream.Sfu.Stun;
using LiveStream.Wire.Rtp;

namespace LiveStream.Testing.Rtc;

/// <summary>
/// A WebRTC client without sockets, threads or clock: SDP offer, ICE, DTLS-SRTP, RTP and RTCP as a browser does them.
/// Datagrams and time enter by <see cref="Receive"/> and <see cref="Advance"/> and leave by <see cref="IRtcSessionOutput"/>.
/// Time is any steady clock, the same in all calls. Not thread-safe.
/// </summary>
public sealed partial class RtcSession : IDtlsOutput, IDisposable
{
    private const int MaxDatagram = 2048;

    private readonly RtcSessionOptions _options;
    private readonly DtlsIdentity _identity;
    private readonly IRtcSessionOutput _output;
    private readonly IRtcObserver _observer;
    private readonly Random _random;
    private IceControllingAgent? _ice;
    private DtlsEndpoint? _dtls;
    private SrtpSender? _srtpSender;
    private SrtpReceiver? _srtpReceiver;
    private TimeSpan _now, _dtlsTimeout = TimeSpan.MaxValue;

    /// <summary>A session with its offer; <paramref name="random"/> draws credentials and ids, and may be shared.</summary>
    public RtcSession(DtlsIdentity identity, RtcSessionOptions options, IRtcSessionOutput output, IRtcObserver observer, Random random)
    {
        _identity = identity;
        _options = options;
        _output = output;
        _observer = observer;
        _random = random;
        Offer = RtcOffer.Create(options.Offer, identity.FingerprintText, random);
        Received = new RtcReceiveSide(options.Offer.Audio.Concat(options.Offer.Video));
    }

    /// <summary>The offer to POST.</summary>
    public RtcOffer Offer { get; }

    /// <summary>The answer, once set.</summary>
    public RtcAnswer? Answer { get; private set; }

    /// <summary>Where the session stands.</summary>
    public RtcSessionState State { get; private set; }

    /// <summary>Why it failed.</summary>
    public string? Failure { get; private set; }

    /// <summary>The negotiated profile, once connected.</summary>
    public SrtpProfile Profile { get; private set; }

    /// <summary>Incoming streams.</summary>
    public RtcReceiveSide Received { get; }

    /// <summary>The ICE agent, once the answer is set.</summary>
    public IceControllingAgent? Ice => _ice;

    /// <summary>When <see cref="Advance"/> next has something to do.</summary>
    public TimeSpan NextDue
    {
        get
        {
            var due = _ice?.NextCheck ?? TimeSpan.MaxValue;
            if (_dtlsTimeout < due) due = _dtlsTimeout;
            if (_channels?.NextDue is { } channels && channels < due) due = channels;
            if (State == RtcSessionState.Connected && NextRtcp < due) due = NextRtcp;
            return due;
        }
    }

    /// <summary>Sets the server's answer and starts checking.</summary>
    /// <exception cref="FormatException">The answer is unusable.</exception>
    public void SetAnswer(string sdp, TimeSpan now)
    {
        Answer = RtcAnswer.Parse(sdp);
        if (Answer.Setup is not "passive") throw new FormatException($"The server must be passive, not {Answer.Setup ?? "unsaid"} (RFC 8842).");
        var credentials = new IceCredentials(Offer.Ufrag, Offer.Pwd, Answer.RemoteUfrag!, Answer.RemotePwd!);
        _ice = new IceControllingAgent(credentials, Answer.Candidates.Where(candidate => candidate.Transport == _options.Transport), _random);
        SetState(RtcSessionState.Checking);
        Advance(now);
    }

    /// <summary>Handles one datagram, which is decrypted in place.</summary>
    public void Receive(Span<byte> datagram, TimeSpan now)
    {
        _now = now;
        if (State is RtcSessionState.New or RtcSessionState.Failed or RtcSessionState.Closed) return;
        switch (MediaDatagram.Classify(datagram))
        {
            case DatagramKind.Rtp:
                ReceiveRtp(datagram, now);
                break;
            case DatagramKind.Rtcp:
                ReceiveRtcp(datagram, now);
                break;
            case DatagramKind.Stun:
                OnStun(datagram, now);
                Advance(now);
                break;
            case DatagramKind.Dtls when _dtls is not null:
                _dtls.Receive(datagram);
                CheckDtls(now);
                break;
        }
    }

    /// <summary>Sends what is due: checks, handshake resends, reports.</summary>
    public void Advance(TimeSpan now)
    {
        _now = now;
        if (State is RtcSessionState.New or RtcSessionState.Failed or RtcSessionState.Closed) return;
        Span<byte> check = stackalloc byte[IceControllingAgent.MaxCheckSize];
        while (_ice!.TryGetCheck(now, check, out var length, out var candidate)) _output.Send(check[..length], candidate);
        if (_ice.State == IceAgentState.Failed)
        {
            Fail(_ice.Failure!);
            return;
        }
        if (now >= _dtlsTimeout)
        {
            _dtls!.HandleTimeout();
            CheckDtls(now);
        }
        if (_channels?.NextDue <= now) _channels.HandleTimeout(now);
        if (State == RtcSessionState.Connected) SendDueRtcp(now);
    }

    /// <summary>Says goodbye (RTCP BYE, DTLS close_notify) and ends.</summary>
    public void Close()
    {
        if (State is RtcSessionState.Failed or RtcSessionState.Closed) return;
        if (State == RtcSessionState.Connected) SendBye();
        _dtls?.Close();
        SetState(RtcSessionState.Closed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _dtls?.Dispose();
        _srtpSender?.Dispose();
        _srtpReceiver?.Dispose();
    }

    private void OnStun(ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        if (StunMessageView.TryParse(datagram, out var message) != StunError.None) return;
        Span<byte> answer = stackalloc byte[IceControllingAgent.MaxCheckSize];
        if (_ice!.TryAnswer(message, answer, out var length, out var candidate)) _output.Send(answer[..length], candidate);
        else if (_ice.Receive(message, now)) StartDtls();
    }

    void IDtlsOutput.SendDtls(ReadOnlySpan<byte> datagram) => Send(datagram);

    private void StartDtls()
    {
        _dtls = new DtlsEndpoint(
            _identity, DtlsRole.Client, new DtlsFingerprint(System.Security.Cryptography.HashAlgorithmName.SHA256, Answer!.Fingerprint!),
            this, _options.Dtls);
        SetState(RtcSessionState.Handshaking);
        _dtls.Start();
        CheckDtls(_now);
    }

    private void CheckDtls(TimeSpan now)
    {
        var wait = _dtls!.State == DtlsState.Handshaking ? _dtls.TimeToNextTimeout() : null;
        _dtlsTimeout = wait is { } left ? now + left : TimeSpan.MaxValue;
        switch (_dtls.State)
        {
            case DtlsState.Connected when State == RtcSessionState.Handshaking:
                var keys = _dtls.Keys!;
                Profile = keys.Profile;
                _srtpSender = SrtpSender.Create(keys.Profile, keys.ClientKey, keys.ClientSalt);
                _srtpReceiver = SrtpReceiver.Create(keys.Profile, keys.ServerKey, keys.ServerSalt);
                StartRtcp(now);
                SetState(RtcSessionState.Connected);
                break;
            case DtlsState.Failed:
                Fail($"DTLS: {_dtls.Failure}");
                break;
            case DtlsState.Closed:
                SetState(RtcSessionState.Closed);
                break;
        }
    }

    private void ReceiveRtp(Span<byte> datagram, TimeSpan now)
    {
        if (_srtpReceiver is null || RtpPacketView.TryParseHeader(datagram, out var header) != RtpError.None) return;
        if (!Received.TryAdd(header, now, out var stream) || !_observer.OnRtpHeader(this, stream.Statistics, header)) return;
        if (!Received.TryUnprotect(_srtpReceiver, datagram, header.HeaderLength, stream, out var length)) return;
        if (RtpPacketView.TryParse(datagram[..length], out var packet) == RtpError.None)
            _observer.OnRtp(this, stream.Statistics, packet, now);
    }

    private void Send(ReadOnlySpan<byte> datagram)
    {
        if (_ice?.Selected is { } selected) _output.Send(datagram, selected);
    }

    private void Fail(string reason)
    {
        Failure = reason;
        SetState(RtcSessionState.Failed);
    }

    private void SetState(RtcSessionState state)
    {
        if (State == state) return;
        State = state;
        _observer.OnStateChanged(this);
    }
}
