using System.Buffers.Binary;

namespace LiveStream.Sfu.Sctp;

/// <summary>
/// The receiving half of an association: puts chunks into the order of their TSNs, makes messages of fragments, and says
/// what to acknowledge. Messages leave in the order of TSNs on all streams, which is an order that each stream may have; so
/// one message at most is incomplete, as its fragments have consecutive TSNs (RFC 9260 §6.9). Memory is bounded by
/// <see cref="SctpSettings.ReceiveWindow"/> and <see cref="SctpSettings.MaximumMessage"/>. Does no I/O.
/// </summary>
internal sealed class SctpReceiver(uint lastTsn, SctpSettings settings, ISctpUser user)
{
    /// <summary>Gap blocks that one SACK names at most.</summary>
    public const int MaximumGaps = 64;

    private const byte EndFlag = 1, BeginFlag = 2;
    private const int DataFields = 12, ChunkCost = 96, MaximumAhead = 2048;

    private readonly record struct Ahead(uint Tsn, byte Flags, byte[] Value);

    // Sorted by TSN; all after the cumulative one.
    private readonly List<Ahead> _ahead = [];
    private int _aheadBytes;
    private byte[] _message = [];
    private int _messageLength;
    private (ushort Stream, uint PayloadProtocol)? _assembling;

    /// <summary>All up to this one have arrived.</summary>
    public uint Cumulative { get; private set; } = lastTsn;

    /// <summary>A message is longer than allowed: the association has to end.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Bytes that the peer may have under way.</summary>
    public uint Window => (uint)Math.Max(0, settings.ReceiveWindow - _aheadBytes - _messageLength);

    /// <summary>Takes the value of a DATA chunk. False if it is malformed.</summary>
    public bool OnData(byte flags, ReadOnlySpan<byte> value)
    {
        // A chunk without payload is an error of the peer (RFC 9260 §3.3.10.9).
        if (value.Length <= DataFields) return false;
        var tsn = BinaryPrimitives.ReadUInt32BigEndian(value);
        var distance = Tsn.Distance(tsn, Cumulative);
        if (distance == 1)
        {
            Cumulative = tsn;
            Take(flags, value);
            TakeWhatFollows();
        }
        else if (distance > 1 && distance <= MaximumAhead)
        {
            Hold(tsn, flags, value);
        }

        return true;
    }

    /// <summary>The peer gave up what is before this TSN (RFC 3758 §3.6).</summary>
    public void OnForward(uint cumulative)
    {
        if (!Tsn.IsAfter(cumulative, Cumulative)) return;
        Cumulative = cumulative;
        EndMessage();
        var count = 0;
        while (count < _ahead.Count && !Tsn.IsAfter(_ahead[count].Tsn, cumulative)) _aheadBytes -= Cost(_ahead[count++]);
        _ahead.RemoveRange(0, count);
        TakeWhatFollows();
    }

    /// <summary>Writes the runs that arrived beyond a gap, each as first and last offset from the cumulative TSN (RFC 9260 §3.3.4). Returns their number.</summary>
    public int WriteGaps(Span<byte> place)
    {
        var count = 0;
        for (var i = 0; i < _ahead.Count && count < MaximumGaps && place.Length >= 4 * (count + 1); count++)
        {
            var last = i;
            while (last + 1 < _ahead.Count && _ahead[last + 1].Tsn == _ahead[last].Tsn + 1) last++;
            BinaryPrimitives.WriteUInt16BigEndian(place[(4 * count)..], (ushort)(_ahead[i].Tsn - Cumulative));
            BinaryPrimitives.WriteUInt16BigEndian(place[(4 * count + 2)..], (ushort)(_ahead[last].Tsn - Cumulative));
            i = last + 1;
        }

        return count;
    }

    private static int Cost(Ahead chunk) => chunk.Value.Length + ChunkCost;

    private void Hold(uint tsn, byte flags, ReadOnlySpan<byte> value)
    {
        if (_aheadBytes + value.Length + ChunkCost > settings.ReceiveWindow) return;
        var index = _ahead.Count;
        while (index > 0 && Tsn.IsAfter(_ahead[index - 1].Tsn, tsn)) index--;
        if (index > 0 && _ahead[index - 1].Tsn == tsn) return;
        _ahead.Insert(index, new Ahead(tsn, flags, value.ToArray()));
        _aheadBytes += value.Length + ChunkCost;
    }

    private void TakeWhatFollows()
    {
        var count = 0;
        while (count < _ahead.Count && _ahead[count].Tsn == Cumulative + 1)
        {
            var chunk = _ahead[count++];
            Cumulative = chunk.Tsn;
            _aheadBytes -= Cost(chunk);
            Take(chunk.Flags, chunk.Value);
        }

        _ahead.RemoveRange(0, count);
    }

    // |              TSN              |
    // | Stream Identifier | Stream Sequence Number |
    // |  Payload Protocol Identifier  |  User Data ...
    private void Take(byte flags, ReadOnlySpan<byte> value)
    {
        if (IsTooLong) return;
        var stream = BinaryPrimitives.ReadUInt16BigEndian(value[4..]);
        var payload = value[DataFields..];
        if ((flags & BeginFlag) != 0)
        {
            EndMessage();
            var payloadProtocol = BinaryPrimitives.ReadUInt32BigEndian(value[8..]);
            if ((flags & EndFlag) != 0)
            {
                Deliver(stream, payloadProtocol, payload);
                return;
            }

            _assembling = (stream, payloadProtocol);
        }
        else if (_assembling is not { } current || current.Stream != stream)
        {
            // The rest of a message whose beginning was given up.
            EndMessage();
            return;
        }

        if (!Append(payload) || (flags & EndFlag) == 0) return;
        var (of, protocol) = _assembling!.Value;
        var message = _message.AsSpan(0, _messageLength);
        Deliver(of, protocol, message);
        EndMessage();
    }

    private void Deliver(ushort stream, uint payloadProtocol, ReadOnlySpan<byte> message)
    {
        if (message.Length > settings.MaximumMessage) IsTooLong = true;
        else user.OnMessage(stream, payloadProtocol, message);
    }

    private bool Append(ReadOnlySpan<byte> payload)
    {
        var length = _messageLength + payload.Length;
        if (length > settings.MaximumMessage)
        {
            IsTooLong = true;
            EndMessage();
            return false;
        }

        if (length > _message.Length) Array.Resize(ref _message, Math.Min(Math.Max(length, 2 * _message.Length), settings.MaximumMessage));
        payload.CopyTo(_message.AsSpan(_messageLength));
        _messageLength = length;
        return true;
    }

    private void EndMessage()
    {
        // A long message is rare; its buffer is not kept for the next one.
        _message = [];
        _messageLength = 0;
        _assembling = null;
    }
}
