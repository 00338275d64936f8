using System.Net;
using System.Text;
using LiveStream.Sfu.Stun;

namespace LiveStream.Testing.Rtc;

/// <summary>How a candidate is reached.</summary>
public enum IceTransport
{
    /// <summary>UDP.</summary>
    Udp,

    /// <summary>TCP to a passive candidate (RFC 6544), framed by RFC 4571.</summary>
    Tcp,
}

/// <summary>A candidate of the server.</summary>
public sealed record RemoteCandidate(IPEndPoint EndPoint, IceTransport Transport, uint Priority);

/// <summary>ICE credentials of both ends (RFC 8445 §5.3).</summary>
public sealed record IceCredentials(string LocalUfrag, string LocalPwd, string RemoteUfrag, string RemotePwd);

/// <summary>Where an <see cref="IceControllingAgent"/> stands.</summary>
public enum IceAgentState
{
    /// <summary>No pair has answered yet.</summary>
    Checking,

    /// <summary>A pair is selected and its consent is fresh.</summary>
    Connected,

    /// <summary>No pair answered, or consent expired (RFC 7675).</summary>
    Failed,
}

/// <summary>
/// The controlling ICE agent of a client with one local socket (RFC 8445) towards a server: checks every
/// candidate, nominates the best that answers, then keeps consent fresh (RFC 7675). Time enters as an argument; no I/O.
/// </summary>
public sealed class IceControllingAgent
{
    /// <summary>A check is sent again after this, doubling each time.</summary>
    public static readonly TimeSpan FirstRetransmit = TimeSpan.FromMilliseconds(100);

    /// <summary>Time between consent checks (RFC 7675 §5.1 asks for 5 s, varied by 20 %).</summary>
    public static readonly TimeSpan ConsentInterval = TimeSpan.FromSeconds(5);

    /// <summary>Consent is lost this long after the last answer (RFC 7675 §5.1).</summary>
    public static readonly TimeSpan ConsentTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Space that <see cref="TryGetCheck"/> needs.</summary>
    public const int MaxCheckSize = 512;

    private const int MaxChecks = 7;
    private const uint PeerReflexiveHostPriority = 1_845_501_695; // type 110, RFC 8445 §5.1.2.1

    private readonly byte[] _username, _localPwd, _remotePwd;
    private readonly ulong _tieBreaker;
    private readonly Random _random;
    private readonly List<Pair> _pairs;
    private TimeSpan _consentUntil;

    /// <summary>An agent for one ICE generation; <paramref name="random"/> draws transaction ids and tie-breaker.</summary>
    public IceControllingAgent(IceCredentials credentials, IEnumerable<RemoteCandidate> candidates, Random random)
    {
        _username = Encoding.ASCII.GetBytes($"{credentials.RemoteUfrag}:{credentials.LocalUfrag}");
        _localPwd = Encoding.ASCII.GetBytes(credentials.LocalPwd);
        _remotePwd = Encoding.ASCII.GetBytes(credentials.RemotePwd);
        _random = random;
        _tieBreaker = (ulong)random.NextInt64();
        _pairs = [.. candidates.Distinct().OrderByDescending(candidate => candidate.Priority).Select(candidate => new Pair(candidate))];
        if (_pairs.Count == 0) Fail("The answer has no usable candidate.");
    }

    /// <summary>Where the agent stands.</summary>
    public IceAgentState State { get; private set; }

    /// <summary>Why it failed.</summary>
    public string? Failure { get; private set; }

    /// <summary>The selected remote address, once connected.</summary>
    public RemoteCandidate? Selected { get; private set; }

    /// <summary>Round-trip time of the last answered check.</summary>
    public TimeSpan RoundTripTime { get; private set; }

    /// <summary>Answered checks, for tests.</summary>
    public int ResponsesReceived { get; private set; }

    /// <summary>Writes the next check that is due; call until false. Also moves the state on as time passes.</summary>
    public bool TryGetCheck(TimeSpan now, Span<byte> destination, out int length, out RemoteCandidate candidate)
    {
        (length, candidate) = (0, null!);
        if (State == IceAgentState.Failed) return false;
        if (State == IceAgentState.Connected && now >= _consentUntil)
        {
            Fail("Consent expired.");
            return false;
        }
        foreach (var pair in _pairs)
        {
            if (pair.NextCheck > now || (Selected is not null && pair.Candidate != Selected)) continue;
            if (State == IceAgentState.Checking && pair.Sent >= MaxChecks) continue;
            length = WriteCheck(pair, now, destination);
            candidate = pair.Candidate;
            return true;
        }
        if (State == IceAgentState.Checking && _pairs.TrueForAll(pair => pair.Sent >= MaxChecks && pair.NextCheck <= now))
            Fail("No candidate answered.");
        return false;
    }

    /// <summary>When <see cref="TryGetCheck"/> next has something to do.</summary>
    public TimeSpan? NextCheck
    {
        get
        {
            if (State == IceAgentState.Failed) return null;
            var next = State == IceAgentState.Connected ? _consentUntil : TimeSpan.MaxValue;
            foreach (var pair in _pairs)
            {
                if ((Selected is null || pair.Candidate == Selected) && pair.NextCheck < next) next = pair.NextCheck;
            }
            return next;
        }
    }

    /// <summary>A STUN message came in; true if it moved the state to connected.</summary>
    public bool Receive(in StunMessageView message, TimeSpan now)
    {
        if (State == IceAgentState.Failed || message.Method != StunMethod.Binding) return false;
        if (message.Class is not (StunClass.SuccessResponse or StunClass.ErrorResponse)) return false;
        foreach (var pair in _pairs)
        {
            if (pair.Sent == 0 || !message.TransactionId.SequenceEqual(pair.TransactionId)) continue;
            if (message.Class == StunClass.ErrorResponse)
            {
                message.TryGetErrorCode(out var code);
                Fail($"The server refused a check with STUN error {code}.");
                return false;
            }
            return message.VerifyMessageIntegrity(_remotePwd) && message.VerifyFingerprint() && Succeed(pair, now);
        }
        return false;
    }

    /// <summary>
    /// Answers a check of a server that is a full agent, or does as one (RFC 8445 §7.3); one with other credentials is not answered.
    /// It is taken as coming from where this agent sends to: there is no translator in between.
    /// </summary>
    public bool TryAnswer(in StunMessageView message, Span<byte> destination, out int length, out RemoteCandidate candidate)
    {
        (length, candidate) = (0, null!);
        if (message.Class != StunClass.Request || message.Method != StunMethod.Binding || _pairs.Count == 0) return false;
        if (!message.VerifyMessageIntegrity(_localPwd) || !message.VerifyFingerprint()) return false;
        candidate = Selected ?? _pairs[0].Candidate;
        var writer = new StunMessageWriter(destination, StunClass.SuccessResponse, StunMethod.Binding, message.TransactionId);
        writer.WriteXorMappedAddress(candidate.EndPoint.Address.GetAddressBytes(), (ushort)candidate.EndPoint.Port);
        writer.WriteMessageIntegrity(_localPwd);
        writer.WriteFingerprint();
        length = writer.Finish();
        return true;
    }

    private bool Succeed(Pair pair, TimeSpan now)
    {
        ResponsesReceived++;
        RoundTripTime = now - pair.SentAt;
        _consentUntil = now + ConsentTimeout;
        pair.Retransmit = FirstRetransmit;
        // The pair is nominated by one more check at once (RFC 8445 §8.1.1); afterwards checks only renew consent.
        pair.NextCheck = pair.Nominated ? now + ConsentInterval * (0.8 + 0.4 * _random.NextDouble()) : now;
        if (State == IceAgentState.Connected) return false;
        Selected = pair.Candidate;
        State = IceAgentState.Connected;
        return true;
    }

    private int WriteCheck(Pair pair, TimeSpan now, Span<byte> destination)
    {
        // A retransmission is the same transaction while the pair is unanswered (RFC 8489 §6.2.1); a consent check is a new one.
        if (pair.Sent == 0 || State == IceAgentState.Connected) _random.NextBytes(pair.TransactionId);
        pair.Sent++;
        pair.SentAt = now;
        pair.NextCheck = now + pair.Retransmit;
        if (pair.Retransmit < TimeSpan.FromSeconds(1.6)) pair.Retransmit *= 2;

        var writer = new StunMessageWriter(destination, StunClass.Request, StunMethod.Binding, pair.TransactionId);
        writer.WriteUsername(_username);
        writer.WriteIceControlling(_tieBreaker);
        if (State == IceAgentState.Connected)
        {
            writer.WriteUseCandidate();
            pair.Nominated = true;
        }
        writer.WritePriority(PeerReflexiveHostPriority);
        writer.WriteMessageIntegrity(_remotePwd);
        writer.WriteFingerprint();
        return writer.Finish();
    }

    private void Fail(string reason)
    {
        State = IceAgentState.Failed;
        Failure = reason;
    }

    private sealed class Pair(RemoteCandidate candidate)
    {
        public RemoteCandidate Candidate { get; } = candidate;

        public byte[] TransactionId { get; } = new byte[StunMessageView.TransactionIdSize];

        public int Sent { get; set; }

        public TimeSpan SentAt { get; set; }

        public TimeSpan NextCheck { get; set; }

        public TimeSpan Retransmit { get; set; } = FirstRetransmit;

        public bool Nominated { get; set; }
    }
}
