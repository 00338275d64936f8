using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LiveStream.Sfu.Sctp;

// Set-up (RFC 9260 §5): INIT, INIT ACK with a cookie, COOKIE ECHO, COOKIE ACK. DTLS knows the peer already, so the cookie
// is a random name of the one offer that is kept rather than a signed state.
internal sealed partial class SctpAssociation
{
    private const int FixedInit = 16, CookieSize = 16, MaximumCookie = 1024;
    private const ushort OutgoingStreams = 1024;

    // RE-CONFIG and FORWARD TSN (RFC 5061 §4.2.7).
    private static readonly byte[] s_extensions = [(byte)SctpChunkType.ReConfig, (byte)SctpChunkType.ForwardTsn];

    /// <summary>What an INIT of the peer says, and what was answered to it.</summary>
    private sealed record Offer(uint PeerTag, uint PeerWindow, uint PeerTsn, uint LocalTag, uint LocalTsn, byte[] Cookie)
    {
        public bool IsUsed { get; set; }
    }

    private readonly record struct InitFields(uint Tag, uint Window, ushort OutgoingStreams, ushort IncomingStreams, uint Tsn);

    private Offer? _offered;
    private uint _localTsn = NewTag();
    private byte[]? _cookie;
    private TimeSpan? _setupDue;
    private TimeSpan _setupWait;
    private int _setupTries;

    /// <summary>Begins the set-up from this side; does nothing if it has begun.</summary>
    public void Connect(TimeSpan now)
    {
        if (State != SctpState.Closed) return;
        State = SctpState.CookieWait;
        BeginSetup(now);
        SendInit();
    }

    // |                         Initiate Tag                          |
    // |           Advertised Receiver Window Credit (a_rwnd)          |
    // |  Number of Outbound Streams   |   Number of Inbound Streams   |
    // |                          Initial TSN                          |
    private static bool TryReadInit(ReadOnlySpan<byte> value, out InitFields fields)
    {
        fields = default;
        if (value.Length < FixedInit) return false;
        fields = new InitFields(
            BinaryPrimitives.ReadUInt32BigEndian(value),
            BinaryPrimitives.ReadUInt32BigEndian(value[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(value[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(value[10..]),
            BinaryPrimitives.ReadUInt32BigEndian(value[12..]));
        return fields is { Tag: not 0, OutgoingStreams: not 0, IncomingStreams: not 0 };
    }

    private void OnInit(ReadOnlySpan<byte> value, ushort port)
    {
        if (!TryReadInit(value, out var init)) return;
        if (State == SctpState.Closed) _peerPort = port;
        // A repeated INIT gets the same answer.
        if (_offered is not { } offer || offer.PeerTag != init.Tag || offer.PeerTsn != init.Tsn)
        {
            // A peer that begins anew gets a new tag, so that packets of before are told apart (§5.2.2).
            var (tag, tsn) = State == SctpState.Established ? (NewTag(), NewTag()) : (_localTag, _localTsn);
            offer = new Offer(init.Tag, init.Window, init.Tsn, tag, tsn, RandomNumberGenerator.GetBytes(CookieSize));
            _offered = offer;
        }

        Span<byte> answer = stackalloc byte[128];
        var length = WriteInit(answer, offer.LocalTag, offer.LocalTsn);
        length += SctpPacketWriter.Parameter(answer[length..], SctpParameter.StateCookie, offer.Cookie);
        Send(offer.PeerTag, SctpChunkType.InitAck, 0, answer[..length]);
    }

    private void OnInitAck(ReadOnlySpan<byte> value, TimeSpan now)
    {
        if (State != SctpState.CookieWait || !TryReadInit(value, out var init)) return;
        var parameters = new SctpElements(value[FixedInit..]);
        while (parameters.TryRead(out var parameter))
        {
            if (parameter.ParameterType != SctpParameter.StateCookie || parameter.Value.Length is 0 or > MaximumCookie) continue;
            _cookie = parameter.Value.ToArray();
            _peerTag = init.Tag;
            Begin(init.Tag, init.Window, init.Tsn, _localTsn);
            State = SctpState.CookieEchoed;
            BeginSetup(now);
            Send(_peerTag, SctpChunkType.CookieEcho, 0, _cookie);
            return;
        }
    }

    // Whether the rest of the packet is of use.
    private bool OnCookieEcho(ReadOnlySpan<byte> value, TimeSpan now)
    {
        if (_offered is not { } offer || !value.SequenceEqual(offer.Cookie)) return false;
        if (!offer.IsUsed)
        {
            offer.IsUsed = true;
            if (State == SctpState.Established)
            {
                Forget();
                State = SctpState.Closed;
                user.OnClosed("begun anew by the peer");
            }

            _localTag = offer.LocalTag;
            Begin(offer.PeerTag, offer.PeerWindow, offer.PeerTsn, offer.LocalTsn);
        }
        else if (State != SctpState.Established)
        {
            return false;
        }

        // Also for a repeated COOKIE ECHO: the answer to the first was lost.
        Send(_peerTag, SctpChunkType.CookieAck, 0, []);
        if (State != SctpState.Established) Establish(now);
        return true;
    }

    private void Begin(uint peerTag, uint peerWindow, uint peerTsn, uint localTsn)
    {
        _peerTag = peerTag;
        _sender = new SctpSender(localTsn, peerWindow, settings);
        _receiver = new SctpReceiver(peerTsn - 1, settings, user);
        BeginResets(localTsn, peerTsn);
    }

    private void Establish(TimeSpan now)
    {
        (_cookie, _setupDue) = (null, null);
        State = SctpState.Established;
        user.OnConnected();
        if (!_isReceiving) Transmit(now);
    }

    private void BeginSetup(TimeSpan now)
    {
        _setupTries = 0;
        _setupWait = settings.InitialTimeout;
        _setupDue = now + _setupWait;
    }

    private void RepeatSetup(TimeSpan now)
    {
        if (++_setupTries > settings.MaximumRetransmissions)
        {
            End("The peer does not answer.");
            return;
        }

        _setupWait = _setupWait * 2 < settings.MaximumTimeout ? _setupWait * 2 : settings.MaximumTimeout;
        _setupDue = now + _setupWait;
        if (_cookie is { } cookie) Send(_peerTag, SctpChunkType.CookieEcho, 0, cookie);
        else SendInit();
    }

    private void SendInit()
    {
        Span<byte> value = stackalloc byte[64];
        Send(0, SctpChunkType.Init, 0, value[..WriteInit(value, _localTag, _localTsn)]);
    }

    private int WriteInit(Span<byte> value, uint tag, uint tsn)
    {
        BinaryPrimitives.WriteUInt32BigEndian(value, tag);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], (uint)settings.ReceiveWindow);
        BinaryPrimitives.WriteUInt16BigEndian(value[8..], OutgoingStreams);
        BinaryPrimitives.WriteUInt16BigEndian(value[10..], ushort.MaxValue);
        BinaryPrimitives.WriteUInt32BigEndian(value[12..], tsn);
        var length = FixedInit;
        length += SctpPacketWriter.Parameter(value[length..], SctpParameter.ForwardTsnSupported, []);
        length += SctpPacketWriter.Parameter(value[length..], SctpParameter.SupportedExtensions, s_extensions);
        return length;
    }
}
