namespace LiveStream.Sfu.Sctp;

/// <summary>Hears from <see cref="DataChannels"/>, on its thread. Spans are valid only during the call.</summary>
internal interface IDataChannelUser
{
    /// <summary>One SCTP packet for the peer, to be sent as DTLS application data (RFC 8261).</summary>
    void SendSctp(ReadOnlySpan<byte> packet);

    /// <summary>Texts may be sent by this label.</summary>
    void OnChannelOpened(string label);

    /// <summary>A text of the peer: bytes that should be UTF-8.</summary>
    void OnText(string label, ReadOnlySpan<byte> text);

    /// <summary>The channel is gone.</summary>
    void OnChannelClosed(string label);
}

/// <summary>
/// The data channels of one DTLS association (RFC 8831): channels that the peer opens in-band, channels that this side opens,
/// and texts on them. Binary messages are not for anybody here and dropped. Time comes in as argument; does no I/O.
/// </summary>
internal sealed class DataChannels : ISctpUser
{
    /// <summary>Channels at a time; one more is closed as it is opened.</summary>
    public const int MaximumChannels = 16;

    private readonly IDataChannelUser _user;
    private readonly SctpAssociation _association;
    private readonly Dictionary<ushort, string> _channels = [];
    private readonly List<string> _wanted = [];

    // The DTLS server has the odd streams, the client the even ones (RFC 8832 §6).
    private readonly int _parity;
    private TimeSpan _now;

    public DataChannels(IDataChannelUser user, bool isDtlsServer, SctpSettings? settings = null)
    {
        _user = user;
        _parity = isDtlsServer ? 1 : 0;
        _association = new SctpAssociation(this, settings ?? SctpSettings.Default);
    }

    /// <summary>When <see cref="HandleTimeout"/> is due, on the clock of the calls; null when no timer runs.</summary>
    public TimeSpan? NextDue => _association.NextDue;

    /// <summary>State of the association below.</summary>
    public SctpState State => _association.State;

    /// <summary>Bytes that wait to be sent or acknowledged.</summary>
    public int Buffered => _association.Buffered;

    /// <summary>Takes one packet of the peer.</summary>
    public void Receive(ReadOnlySpan<byte> packet, TimeSpan now)
    {
        _now = now;
        _association.Receive(packet, now);
    }

    /// <summary>
    /// Opens a reliable, ordered channel as soon as there is an association, which is begun if need be, and again after the
    /// peer has begun a new one. Does nothing for a label that was asked for, and beyond <see cref="MaximumChannels"/>.
    /// </summary>
    public void Open(string label, TimeSpan now)
    {
        _now = now;
        if (_wanted.Contains(label) || _wanted.Count >= MaximumChannels || label.Length is 0 or > DcepMessage.MaximumText / 4) return;
        _wanted.Add(label);
        if (_association.State == SctpState.Established) OpenNow(label);
        else _association.Connect(now);
    }

    /// <summary>Sends a text by an open channel. False if there is none of that label, or no room.</summary>
    public bool SendText(string label, ReadOnlySpan<byte> text, TimeSpan now)
    {
        _now = now;
        if (Find(label) is not { } stream) return false;
        // SCTP has no empty messages: a zero byte stands for one (RFC 8831 §6.6).
        return text.IsEmpty
            ? _association.TrySend(stream, PayloadProtocol.StringEmpty, [0], now)
            : _association.TrySend(stream, PayloadProtocol.String, text, now);
    }

    /// <summary>Works off the timers that are due.</summary>
    public void HandleTimeout(TimeSpan now)
    {
        _now = now;
        _association.HandleTimeout(now);
    }

    /// <summary>Ends all channels and tells the peer.</summary>
    public void Abort(string reason) => _association.Abort(reason);

    void ISctpUser.SendPacket(ReadOnlySpan<byte> packet) => _user.SendSctp(packet);

    void ISctpUser.OnConnected()
    {
        foreach (var label in _wanted) OpenNow(label);
    }

    void ISctpUser.OnMessage(ushort stream, uint payloadProtocol, ReadOnlySpan<byte> message)
    {
        switch (payloadProtocol)
        {
            case PayloadProtocol.Dcep:
                OnDcep(stream, message);
                break;
            case PayloadProtocol.String when _channels.TryGetValue(stream, out var label):
                _user.OnText(label, message);
                break;
            case PayloadProtocol.StringEmpty when _channels.TryGetValue(stream, out var label):
                _user.OnText(label, []);
                break;
        }
    }

    void ISctpUser.OnStreamReset(ushort stream)
    {
        if (!_channels.Remove(stream, out var label)) return;
        // The other half goes too (RFC 8831 §6.7).
        _association.ResetStream(stream, _now);
        _user.OnChannelClosed(label);
    }

    void ISctpUser.OnClosed(string reason)
    {
        var labels = _channels.Values.ToArray();
        _channels.Clear();
        foreach (var label in labels) _user.OnChannelClosed(label);
    }

    private void OnDcep(ushort stream, ReadOnlySpan<byte> message)
    {
        // An acknowledgement changes nothing: order alone lets texts follow the opening at once.
        if (DcepMessage.IsAck(message)) return;
        if (_channels.ContainsKey(stream)) return;
        if (!DcepMessage.TryReadOpen(message, out var label) || (stream & 1) == _parity || _channels.Count >= MaximumChannels || stream == ushort.MaxValue)
        {
            _association.ResetStream(stream, _now);
            return;
        }

        _channels.Add(stream, label);
        _association.TrySend(stream, PayloadProtocol.Dcep, DcepMessage.Ack, _now);
        _user.OnChannelOpened(label);
    }

    private void OpenNow(string label)
    {
        for (var stream = (ushort)_parity; _channels.Count < MaximumChannels; stream += 2)
        {
            if (_channels.ContainsKey(stream)) continue;
            if (!_association.TrySend(stream, PayloadProtocol.Dcep, DcepMessage.Open(label), _now)) return;
            _channels.Add(stream, label);
            _user.OnChannelOpened(label);
            return;
        }
    }

    // Of two channels with one label, the one that this side has opened.
    private ushort? Find(string label)
    {
        ushort? found = null;
        foreach (var (stream, name) in _channels)
            if (name == label && (found is null || (stream & 1) == _parity)) found = stream;
        return found;
    }
}
