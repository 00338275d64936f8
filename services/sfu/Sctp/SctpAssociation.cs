using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LiveStream.Sfu.Sctp;

/// <summary>
/// One SCTP association over DTLS (RFC 9260 within RFC 8261 and RFC 8831): packets in, packets and messages out. Takes
/// part in set-up from either side, in both at once, and in a restart by the peer; sends ordered and reliable messages, and
/// takes unordered and partially reliable ones too. One path, no heartbeats of its own: ICE watches the path. Single-threaded;
/// time comes in as argument; packets that are wrong are dropped without effect.
/// </summary>
internal sealed partial class SctpAssociation(ISctpUser user, SctpSettings settings)
{
    private const byte TagReflected = 1;
    private const int MaximumUnknown = 512;

    private SctpSender? _sender;
    private SctpReceiver? _receiver;
    private uint _localTag = NewTag();
    private uint _peerTag;
    private ushort _peerPort = settings.Port;
    private bool _mustAcknowledge;
    private bool _isReceiving;

    /// <summary>Where the association stands.</summary>
    public SctpState State { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> is due, on the clock of the calls; null when no timer runs.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            var due = _setupDue;
            if (_sender?.Due is { } data && (due is null || data < due)) due = data;
            if (_resetDue is { } reset && (due is null || reset < due)) due = reset;
            return due;
        }
    }

    /// <summary>Bytes that wait to be sent or acknowledged.</summary>
    public int Buffered => _sender?.Buffered ?? 0;

    /// <summary>Takes one packet of the peer. All that it causes is sent before the call returns.</summary>
    public void Receive(ReadOnlySpan<byte> packet, TimeSpan now)
    {
        if (SctpPacketView.TryParse(packet, out var view) != SctpError.None || view.DestinationPort != settings.Port) return;
        _isReceiving = true;
        var chunks = view.Chunks;
        while (chunks.TryRead(out var chunk))
            if (!IsFor(view, chunk) || !OnChunk(view, chunk, now)) break;
        _isReceiving = false;
        if (State != SctpState.Established) return;
        if (_receiver!.IsTooLong)
        {
            Abort("The peer sent a message that is too long.");
            return;
        }

        if (_mustAcknowledge) SendSack();
        Transmit(now);
    }

    /// <summary>Queues an ordered, reliable message of at least one byte. False if there is no association, or no room.</summary>
    public bool TrySend(ushort stream, uint payloadProtocol, ReadOnlySpan<byte> message, TimeSpan now)
    {
        if (State != SctpState.Established || !_sender!.TryEnqueue(stream, payloadProtocol, message)) return false;
        // What is sent while a packet is worked off goes when it is done.
        if (!_isReceiving) Transmit(now);
        return true;
    }

    /// <summary>Works off the timers that are due.</summary>
    public void HandleTimeout(TimeSpan now)
    {
        if (_setupDue <= now) RepeatSetup(now);
        if (_resetDue <= now) RepeatReset(now);
        if (_sender?.Due <= now)
        {
            _sender.OnTimeout();
            if (_sender.Failures > settings.MaximumRetransmissions) Abort("The peer does not acknowledge.");
            else Transmit(now);
        }
    }

    /// <summary>Ends the association at once and tells the peer (RFC 9260 §9.1).</summary>
    public void Abort(string reason)
    {
        if (State is SctpState.CookieEchoed or SctpState.Established) Send(_peerTag, SctpChunkType.Abort, 0, []);
        End(reason);
    }

    private static uint NewTag()
    {
        Span<byte> bytes = stackalloc byte[4];
        uint tag;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            tag = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        }
        while (tag == 0);
        return tag;
    }

    // §8.5: a packet of another association, or of an earlier one, has another tag.
    private bool IsFor(SctpPacketView packet, SctpElement chunk) => chunk.ChunkType switch
    {
        SctpChunkType.Init => packet.VerificationTag == 0 && packet.HasOneChunk,
        SctpChunkType.CookieEcho => packet.VerificationTag == _localTag || packet.VerificationTag == _offered?.LocalTag,
        SctpChunkType.Abort or SctpChunkType.ShutdownComplete when (chunk.Flags & TagReflected) != 0 => _peerTag != 0 && packet.VerificationTag == _peerTag,
        // In one packet with COOKIE ECHO, which has replaced the tag by now.
        _ => packet.VerificationTag == _localTag,
    };

    // False ends the work on the packet.
    private bool OnChunk(SctpPacketView packet, SctpElement chunk, TimeSpan now)
    {
        switch (chunk.ChunkType)
        {
            case SctpChunkType.Init:
                OnInit(chunk.Value, packet.SourcePort);
                return false;
            case SctpChunkType.InitAck:
                OnInitAck(chunk.Value, now);
                return false;
            case SctpChunkType.CookieEcho:
                return OnCookieEcho(chunk.Value, now);
            case SctpChunkType.CookieAck:
                if (State == SctpState.CookieEchoed) Establish(now);
                return true;
            case SctpChunkType.Abort:
                if (State != SctpState.Closed) End("aborted by the peer");
                return false;
            default:
                return State == SctpState.Established && OnEstablished(chunk, now);
        }
    }

    private bool OnEstablished(SctpElement chunk, TimeSpan now)
    {
        switch (chunk.ChunkType)
        {
            case SctpChunkType.Data:
                _mustAcknowledge = true;
                return _receiver!.OnData(chunk.Flags, chunk.Value);
            case SctpChunkType.Sack:
                return _sender!.OnSack(chunk.Value, now);
            case SctpChunkType.ForwardTsn:
                if (chunk.Value.Length < 4) return false;
                _mustAcknowledge = true;
                _receiver!.OnForward(BinaryPrimitives.ReadUInt32BigEndian(chunk.Value));
                return true;
            case SctpChunkType.Heartbeat:
                if (chunk.Value.Length <= settings.Mtu - SctpPacketView.HeaderSize - SctpElements.HeaderSize - 3) Send(_peerTag, SctpChunkType.HeartbeatAck, 0, chunk.Value);
                return true;
            case SctpChunkType.ReConfig:
                OnReConfig(chunk.Value, now);
                return true;
            case SctpChunkType.Shutdown:
                // What waits here has no reader any more: the peer's end of the shutdown is all that is left of it.
                Send(_peerTag, SctpChunkType.ShutdownAck, 0, []);
                End("shut down by the peer");
                return false;
            case SctpChunkType.HeartbeatAck or SctpChunkType.Error or SctpChunkType.ShutdownAck or SctpChunkType.ShutdownComplete:
                return true;
            default:
                return OnUnknown(chunk);
        }
    }

    // The two highest bits of an unknown type say whether to go on, and whether to report it (§3.2).
    private bool OnUnknown(SctpElement chunk)
    {
        const ushort UnrecognizedChunkType = 6;
        const byte GoOn = 0x80, Report = 0x40;
        var type = (byte)chunk.ChunkType;
        if ((type & Report) != 0 && chunk.Whole.Length <= MaximumUnknown)
        {
            Span<byte> cause = stackalloc byte[MaximumUnknown + 8];
            Send(_peerTag, SctpChunkType.Error, 0, cause[..SctpPacketWriter.Parameter(cause, UnrecognizedChunkType, chunk.Whole)]);
        }

        return (type & GoOn) != 0;
    }

    private void SendSack()
    {
        _mustAcknowledge = false;
        Span<byte> value = stackalloc byte[12 + 4 * SctpReceiver.MaximumGaps];
        BinaryPrimitives.WriteUInt32BigEndian(value, _receiver!.Cumulative);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], _receiver.Window);
        var gaps = _receiver.WriteGaps(value[12..]);
        BinaryPrimitives.WriteUInt16BigEndian(value[8..], (ushort)gaps);
        BinaryPrimitives.WriteUInt16BigEndian(value[10..], 0);
        Send(_peerTag, SctpChunkType.Sack, 0, value[..(12 + 4 * gaps)]);
    }

    private void Transmit(TimeSpan now)
    {
        if (State != SctpState.Established) return;
        Span<byte> buffer = stackalloc byte[settings.Mtu];
        while (true)
        {
            var writer = new SctpPacketWriter(buffer, settings.Port, _peerPort, _peerTag);
            while (_sender!.TryNext(now, writer.Room, out var chunk)) writer.Data(chunk);
            if (writer.IsEmpty) return;
            user.SendPacket(writer.Finish());
        }
    }

    private void Send(uint tag, SctpChunkType type, byte flags, ReadOnlySpan<byte> value)
    {
        Span<byte> buffer = stackalloc byte[settings.Mtu];
        var writer = new SctpPacketWriter(buffer, settings.Port, _peerPort, tag);
        writer.Chunk(type, flags, value);
        user.SendPacket(writer.Finish());
    }

    private void End(string reason)
    {
        var told = State != SctpState.Closed;
        Forget();
        (_offered, _localTag, _peerTag) = (null, NewTag(), 0);
        State = SctpState.Closed;
        if (told) user.OnClosed(reason);
    }

    private void Forget()
    {
        (_sender, _receiver, _mustAcknowledge) = (null, null, false);
        (_cookie, _setupDue) = (null, null);
        ForgetResets();
    }
}
