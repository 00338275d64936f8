using System.Buffers.Binary;

namespace LiveStream.Sfu.Sctp;

/// <summary>
/// The sending half of an association: cuts messages into chunks, keeps them until they are acknowledged, and decides by
/// congestion window and the peer's window what may go (RFC 9260 §6.1, §7.2). Time comes in as argument; does no I/O.
/// </summary>
internal sealed class SctpSender
{
    private const byte EndFlag = 1, BeginFlag = 2;
    private const int MessageCost = 96, MissesUntilLost = 3, GapSize = 4;

    private readonly record struct Message(ushort Stream, uint PayloadProtocol, byte[] Data);

    private readonly SctpSettings _settings;
    private readonly RetransmissionTimeout _timeout;
    private readonly Queue<Message> _waiting = [];
    private readonly Dictionary<ushort, ushort> _sequenceNumbers = [];

    // TSNs without gap: those sent and not covered by the peer's cumulative TSN.
    private readonly List<SctpSendChunk> _sent = [];
    private readonly int _fragment;

    // The message at the head of the queue, once its first chunk has gone, and how much of it has.
    private byte[]? _begun;
    private int _offset;
    private int _lost;
    private int _flight;
    private int _window;
    private int _slowStartThreshold;
    private int _partial;
    private long _peerWindow;
    private uint? _recoveryEnd;
    private bool _mayPassWindow;

    public SctpSender(uint initialTsn, uint peerWindow, SctpSettings settings)
    {
        _settings = settings;
        _timeout = new RetransmissionTimeout(settings);
        _fragment = (settings.Mtu - SctpPacketView.HeaderSize - SctpPacketWriter.DataHeaderSize) & ~3;
        NextTsn = initialTsn;
        // §7.2.1
        _window = Math.Min(4 * settings.Mtu, Math.Max(2 * settings.Mtu, 4380));
        _slowStartThreshold = (int)Math.Min(peerWindow, int.MaxValue);
        _peerWindow = peerWindow;
    }

    /// <summary>The TSN of the next new chunk.</summary>
    public uint NextTsn { get; private set; }

    /// <summary>Bytes that wait to be sent or acknowledged, with what each message costs.</summary>
    public int Buffered { get; private set; }

    /// <summary>When <see cref="OnTimeout"/> is due; null while nothing is under way.</summary>
    public TimeSpan? Due { get; private set; }

    /// <summary>Timeouts since something was acknowledged.</summary>
    public int Failures { get; private set; }

    /// <summary>The wait for an answer of the peer.</summary>
    public TimeSpan Timeout => _timeout.Current;

    /// <summary>Takes a message of at least one byte; false if it does not fit into the buffer.</summary>
    public bool TryEnqueue(ushort stream, uint payloadProtocol, ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty || message.Length + MessageCost > _settings.SendBuffer - Buffered) return false;
        Buffered += message.Length + MessageCost;
        _waiting.Enqueue(new Message(stream, payloadProtocol, message.ToArray()));
        return true;
    }

    /// <summary>The next chunk that may be sent now and fits; it counts as sent.</summary>
    public bool TryNext(TimeSpan now, int room, out SctpSendChunk chunk)
    {
        chunk = null!;
        var found = _lost > 0 ? NextLost(room) : NextNew(room);
        if (found is null) return false;
        chunk = found;
        chunk.SentAt = now;
        _flight += chunk.Payload.Length;
        Due ??= now + _timeout.Current;
        return true;
    }

    /// <summary>Takes the value of a SACK chunk. False if it is malformed or acknowledges what was never sent.</summary>
    public bool OnSack(ReadOnlySpan<byte> value, TimeSpan now)
    {
        if (value.Length < 12) return false;
        var cumulative = BinaryPrimitives.ReadUInt32BigEndian(value);
        var gaps = value[12..];
        var count = BinaryPrimitives.ReadUInt16BigEndian(value[8..]);
        if (gaps.Length < GapSize * count || !Tsn.IsAfter(NextTsn, cumulative)) return false;
        // An older one than the last: overtaken on the way (§6.2.1).
        var first = _sent.Count > 0 ? _sent[0].Tsn : NextTsn;
        var advanced = Tsn.Distance(cumulative, first) + 1;
        if (advanced < 0) return true;

        var wasFull = _flight >= _window;
        var acknowledged = TakeCumulative(advanced, now);
        acknowledged += TakeGaps(gaps[..(GapSize * count)], cumulative, now, out var newest);
        if (newest is { } highest) CountMisses(highest);
        if (_recoveryEnd is { } end && !Tsn.IsAfter(end, cumulative)) _recoveryEnd = null;
        if (advanced > 0)
        {
            Failures = 0;
            if (_recoveryEnd is null && wasFull) Grow(acknowledged);
            Due = _sent.Count > 0 ? now + _timeout.Current : null;
        }

        var peerWindow = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
        // A peer that answers probes of its closed window is alive (§6.1 A).
        if (peerWindow == 0) Failures = 0;
        _peerWindow = Math.Max(0L, peerWindow - (long)_flight);
        return true;
    }

    /// <summary>Nothing was acknowledged in time: all that is under way counts as lost (§6.3.3).</summary>
    public void OnTimeout()
    {
        Failures++;
        _timeout.Double();
        _slowStartThreshold = Math.Max(_window / 2, 4 * _settings.Mtu);
        _window = _settings.Mtu;
        _partial = 0;
        _recoveryEnd = null;
        foreach (var chunk in _sent)
            if (chunk.IsInFlight) Lose(chunk);
        Due = null;
        _mayPassWindow = true;
    }

    /// <summary>Forgets what waits for a stream and was not begun; the next message there is its first again once <see cref="Restart"/> is called.</summary>
    public void Discard(ushort stream)
    {
        for (var left = _waiting.Count; left > 0; left--)
        {
            var message = _waiting.Dequeue();
            // A message that was begun has to be completed, or the peer waits for its end.
            if (message.Stream != stream || ReferenceEquals(message.Data, _begun)) _waiting.Enqueue(message);
            else Buffered -= message.Data.Length + MessageCost;
        }
    }

    /// <summary>The peer knows that the stream begins anew (RFC 6525 §5.1.2).</summary>
    public void Restart(ushort stream) => _sequenceNumbers.Remove(stream);

    private SctpSendChunk? NextLost(int room)
    {
        foreach (var chunk in _sent)
        {
            if (!chunk.IsLost) continue;
            if (_flight >= _window && _flight > 0 && !_mayPassWindow) return null;
            if (chunk.Payload.Length + SctpPacketWriter.DataHeaderSize > room)
            {
                // One packet only may pass the window (§7.2.4).
                _mayPassWindow = false;
                return null;
            }

            chunk.IsLost = false;
            chunk.IsRepeated = true;
            chunk.Missed = 0;
            _lost--;
            return chunk;
        }

        return null;
    }

    private SctpSendChunk? NextNew(int room)
    {
        _mayPassWindow = false;
        if (_flight >= _window || !_waiting.TryPeek(out var message)) return null;
        var length = Math.Min(_fragment, message.Data.Length - _offset);
        if (length + SctpPacketWriter.DataHeaderSize > room) return null;
        // With nothing under way one chunk probes a closed window (§6.1 A).
        if (length > _peerWindow && _flight > 0) return null;
        var begin = _offset == 0;
        var end = _offset + length == message.Data.Length;
        var chunk = new SctpSendChunk
        {
            Tsn = NextTsn++,
            Stream = message.Stream,
            StreamSequenceNumber = _sequenceNumbers.GetValueOrDefault(message.Stream),
            PayloadProtocol = message.PayloadProtocol,
            Flags = (byte)((begin ? BeginFlag : 0) | (end ? EndFlag : 0)),
            Payload = message.Data.AsMemory(_offset, length),
            Cost = length + (begin ? MessageCost : 0),
        };
        _begun = message.Data;
        _offset += length;
        if (end)
        {
            _waiting.Dequeue();
            (_begun, _offset) = (null, 0);
            _sequenceNumbers[message.Stream] = (ushort)(chunk.StreamSequenceNumber + 1);
        }

        _sent.Add(chunk);
        _peerWindow = Math.Max(0, _peerWindow - length);
        return chunk;
    }

    private int TakeCumulative(int count, TimeSpan now)
    {
        var bytes = 0;
        for (var i = 0; i < count; i++)
        {
            var chunk = _sent[i];
            if (!chunk.IsAcknowledged) bytes += Acknowledge(chunk, now);
            Buffered -= chunk.Cost;
        }

        _sent.RemoveRange(0, count);
        return bytes;
    }

    // What a gap block names is acknowledged; what one named before and none names now is not any more (§6.2.1).
    private int TakeGaps(ReadOnlySpan<byte> gaps, uint cumulative, TimeSpan now, out uint? newest)
    {
        newest = null;
        var bytes = 0;
        var next = 0;
        for (; gaps.Length >= GapSize; gaps = gaps[GapSize..])
        {
            var start = BinaryPrimitives.ReadUInt16BigEndian(gaps) - 1;
            var end = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(gaps[2..]) - 1, _sent.Count - 1);
            // Out of order, or empty: of no use.
            if (start < next || end < start) continue;
            for (; next < start; next++) Renege(_sent[next]);
            for (; next <= end; next++)
            {
                if (_sent[next].IsAcknowledged) continue;
                bytes += Acknowledge(_sent[next], now);
                newest = cumulative + 1 + (uint)next;
            }
        }

        for (; next < _sent.Count; next++) Renege(_sent[next]);
        return bytes;
    }

    private void Renege(SctpSendChunk chunk)
    {
        if (!chunk.IsAcknowledged) return;
        chunk.IsAcknowledged = false;
        chunk.IsLost = true;
        _lost++;
    }

    private int Acknowledge(SctpSendChunk chunk, TimeSpan now)
    {
        if (chunk.IsLost)
        {
            chunk.IsLost = false;
            _lost--;
        }
        else
        {
            _flight -= chunk.Payload.Length;
            // Of a chunk that was sent twice nobody knows which one is meant (Karn; §6.3.1 C5).
            if (!chunk.IsRepeated) _timeout.OnRoundTrip(now - chunk.SentAt);
        }

        chunk.IsAcknowledged = true;
        return chunk.Payload.Length;
    }

    // §7.2.4: three reports that later chunks came and this one did not.
    private void CountMisses(uint highest)
    {
        var lost = false;
        foreach (var chunk in _sent)
        {
            if (!Tsn.IsAfter(highest, chunk.Tsn)) break;
            if (!chunk.IsInFlight || ++chunk.Missed < MissesUntilLost) continue;
            Lose(chunk);
            lost = true;
        }

        if (!lost) return;
        _mayPassWindow = true;
        if (_recoveryEnd is not null) return;
        _slowStartThreshold = Math.Max(_window / 2, 4 * _settings.Mtu);
        _window = _slowStartThreshold;
        _partial = 0;
        _recoveryEnd = NextTsn - 1;
    }

    private void Lose(SctpSendChunk chunk)
    {
        chunk.IsLost = true;
        _lost++;
        _flight -= chunk.Payload.Length;
    }

    // §7.2.1, §7.2.2
    private void Grow(int acknowledged)
    {
        if (_window <= _slowStartThreshold)
        {
            _window += Math.Min(acknowledged, _settings.Mtu);
        }
        else
        {
            _partial += acknowledged;
            if (_partial < _window) return;
            _partial -= _window;
            _window += _settings.Mtu;
        }

        _window = Math.Min(_window, _settings.SendBuffer);
    }
}
