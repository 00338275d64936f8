using System.Diagnostics;
using LiveStream.Sfu.Dtls;
using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Testing.Rtc;

/// <summary>
/// A <see cref="RtcSession"/> with a socket and a thread: one WebRTC client over loopback UDP, or over TCP to a passive
/// candidate (RFC 6544). Tests set the handlers, exchange SDP, and wait for what should happen. All handlers, and
/// <see cref="Do"/>, run under the peer's lock.
/// </summary>
public sealed class RtcPeer : IRtcSessionOutput, IRtcObserver, IAsyncDisposable
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly List<(Func<RtcPeer, bool> Condition, TaskCompletionSource Done)> _waiters = [];
    private readonly DtlsIdentity _identity = DtlsIdentity.Create();
    private readonly RtcSession _session;
    private readonly Thread _thread;
    private readonly IceTransport _transport;
    private RtcPeerSocket? _socket;
    private volatile bool _stopping;

    /// <summary>A client with its offer ready.</summary>
    public RtcPeer(RtcSessionOptions options, int? seed = null)
    {
        _transport = options.Transport;
        _session = new RtcSession(_identity, options, this, this, seed is { } value ? new Random(value) : new Random());
        _thread = new Thread(Run) { IsBackground = true, Name = "rtc-peer" };
    }

    /// <summary>The offer to POST.</summary>
    public string Offer => _session.Offer.Sdp;

    /// <summary>Where the session stands.</summary>
    public RtcSessionState State => _session.State;

    /// <summary>Decrypted packets received.</summary>
    public long RtpReceived { get; private set; }

    /// <summary>PLI and FIR requests received.</summary>
    public int KeyFrameRequests { get; private set; }

    /// <summary>Labels of the data channels that can be used; under the lock.</summary>
    public List<string> ChannelsOpened { get; } = [];

    /// <summary>Texts of all data channels; under the lock.</summary>
    public List<string> Texts { get; } = [];

    /// <summary>Called for each decrypted RTP packet.</summary>
    public Action<RtpPacketView>? RtpReceivedHandler { get; set; }

    /// <summary>Called for each RTCP packet.</summary>
    public Action<RtcpPacketView>? RtcpReceivedHandler { get; set; }

    /// <summary>Decides by the clear header whether a packet is taken, to play loss; null takes all.</summary>
    public Func<RtpPacketView, bool>? Filter { get; set; }

    /// <summary>The peer's clock.</summary>
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>Sets the server's answer, opens the socket and starts the thread.</summary>
    public void Start(string answer)
    {
        var candidate = RtcAnswer.Parse(answer).Candidates.Where(candidate => candidate.Transport == _transport).MaxBy(candidate => candidate.Priority)
            ?? throw new FormatException($"The answer has no {_transport} candidate.");
        _socket = RtcPeerSocket.Open(_transport, candidate.EndPoint);
        lock (_gate) _session.SetAnswer(answer, Now);
        _thread.Start();
    }

    /// <summary>Uses the session under the lock: sends media, reads statistics.</summary>
    public void Do(Action<RtcSession, TimeSpan> action)
    {
        lock (_gate) action(_session, Now);
    }

    /// <summary>Reads from the session under the lock.</summary>
    public T Read<T>(Func<RtcSession, T> read)
    {
        lock (_gate) return read(_session);
    }

    /// <summary>Completes when the condition holds; it is looked at after every event. Fails if the session does first.</summary>
    public Task WaitAsync(Func<RtcPeer, bool> condition, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (condition(this)) return Task.CompletedTask;
            if (_session.State == RtcSessionState.Failed) return Task.FromException(new InvalidOperationException(_session.Failure));
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((condition, done));
            return done.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Completes when media can flow.</summary>
    public Task WaitConnectedAsync(CancellationToken cancellationToken) =>
        WaitAsync(peer => peer.State == RtcSessionState.Connected, cancellationToken);

    /// <summary>Stops without a word, as a crashed client does.</summary>
    public void Vanish() => _stopping = true;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping)
        {
            lock (_gate) _session.Close();
        }
        _stopping = true;
        if (_thread.IsAlive) await Task.Run(_thread.Join);
        _socket?.Dispose();
        _session.Dispose();
        _identity.Dispose();
        foreach (var (_, done) in _waiters) done.TrySetCanceled();
    }

    void IRtcSessionOutput.Send(ReadOnlySpan<byte> datagram, RemoteCandidate target)
    {
        if (!_stopping) _socket?.Send(datagram, target.EndPoint);
    }

    void IRtcObserver.OnStateChanged(RtcSession session)
    {
    }

    bool IRtcObserver.OnRtpHeader(RtcSession session, RtpReceiveStatistics stream, in RtpPacketView packet) =>
        Filter is null || Filter(packet);

    void IRtcObserver.OnRtp(RtcSession session, RtpReceiveStatistics stream, in RtpPacketView packet, TimeSpan arrival)
    {
        RtpReceived++;
        RtpReceivedHandler?.Invoke(packet);
    }

    void IRtcObserver.OnRtcp(RtcSession session, in RtcpPacketView packet)
    {
        if (PictureLossIndication.TryParse(packet, out _) || FullIntraRequest.TryParse(packet, out _)) KeyFrameRequests++;
        RtcpReceivedHandler?.Invoke(packet);
    }

    void IRtcObserver.OnChannelOpened(RtcSession session, string label) => ChannelsOpened.Add(label);

    void IRtcObserver.OnText(RtcSession session, string label, ReadOnlySpan<byte> text) => Texts.Add(System.Text.Encoding.UTF8.GetString(text));

    private void Run()
    {
        var buffer = new byte[65536];
        while (!_stopping)
        {
            TimeSpan due;
            lock (_gate) due = _session.NextDue;
            var wait = due - Now;
            if (wait > MaxWait) wait = MaxWait;
            if (wait < TimeSpan.Zero) wait = TimeSpan.Zero;
            var ready = _socket!.Wait(wait);
            lock (_gate)
            {
                while (ready && !_stopping && _socket.TryReceive(buffer, out var length))
                    _session.Receive(buffer.AsSpan(0, length), Now);
                _session.Advance(Now);
                WakeWaiters();
            }
            if (_socket.IsClosed) return;
        }
    }

    private void WakeWaiters()
    {
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            var (condition, done) = _waiters[i];
            if (condition(this)) done.TrySetResult();
            else if (_session.State == RtcSessionState.Failed) done.TrySetException(new InvalidOperationException(_session.Failure));
            else continue;
            _waiters.RemoveAt(i);
        }
    }
}
