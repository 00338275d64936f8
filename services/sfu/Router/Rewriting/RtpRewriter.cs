namespace LiveStream.Sfu.Router.Rewriting;

/// <summary>
/// Keeps one outgoing RTP stream continuous while its source changes or drops packets: source sequence number and
/// timestamp in, outgoing ones out. Pure. Sequence numbers are extended to 64 bits on both sides.
/// </summary>
/// <remarks>
/// Packets that are left out move the offset; a late packet from before such a point is mapped with the offset
/// of its time, so that its number is never used twice.
/// </remarks>
public sealed class RtpRewriter
{
    private const int HistoryLength = 16;

    // Source numbers at which an offset began to hold, oldest first (ring).
    private readonly long[] _from = new long[HistoryLength];
    private readonly long[] _offset = new long[HistoryLength];
    private int _points;
    private int _newest = -1;
    // The newest point again: all that nearly every packet needs, beside the other fields rather than in memory of its own.
    private long _newestFrom = long.MaxValue;
    private long _newestOffset;
    private long _highestSource = -1;
    private long _highestOut;
    private uint _timestampOffset;
    private uint _lastTimestampOut;
    private long _lastTimestampAt;

    /// <param name="firstSequenceNumber">Number of the first packet; random in its lower 15 bits (RFC 3550 §5.1).</param>
    /// <param name="firstTimestamp">Timestamp of the first packet; random.</param>
    public RtpRewriter(ushort firstSequenceNumber, uint firstTimestamp)
    {
        _highestOut = (firstSequenceNumber & 0x7FFF) - 1L;
        _lastTimestampOut = firstTimestamp;
    }

    /// <summary>Highest outgoing extended sequence number so far.</summary>
    public long HighestSequenceNumber => _highestOut;

    /// <summary>True once a source is set.</summary>
    public bool HasSource => _newest >= 0;

    /// <summary>What is added to source timestamps now.</summary>
    public uint TimestampOffset => _timestampOffset;

    /// <summary>
    /// Makes the packet <paramref name="sequenceNumber"/> of a new source follow at once on what was sent. The timestamp advances by the
    /// time that passed, or to <paramref name="alignedTimestamp"/> where both sources share a clock.
    /// </summary>
    public void SwitchSource(long sequenceNumber, uint timestamp, long nowMicroseconds, int clockRate, uint? alignedTimestamp = null)
    {
        var started = _lastTimestampAt != 0;
        var elapsed = started ? Math.Clamp((nowMicroseconds - _lastTimestampAt) * clockRate / 1_000_000, 1, uint.MaxValue / 2) : 0;
        var next = unchecked(_lastTimestampOut + (uint)elapsed);
        // A shared clock is exact; but never let time stand still or run back.
        if (started && alignedTimestamp is { } aligned && (int)(aligned - _lastTimestampOut) > 0) next = aligned;
        _timestampOffset = unchecked(next - timestamp);
        _points = 0;
        _newest = -1;
        _newestFrom = long.MaxValue;
        AddPoint(sequenceNumber, _highestOut + 1 - sequenceNumber);
        _highestSource = sequenceNumber - 1;
    }

    /// <summary>Maps a packet that is forwarded. False: it is from before the switch, or too old to place.</summary>
    public bool TryMap(long sequenceNumber, uint timestamp, long nowMicroseconds, out long sequenceNumberOut, out uint timestampOut)
    {
        timestampOut = unchecked(timestamp + _timestampOffset);
        sequenceNumberOut = 0;
        if (!TryFindOffset(sequenceNumber, out var offset)) return false;
        sequenceNumberOut = sequenceNumber + offset;
        if (sequenceNumber > _highestSource)
        {
            _highestSource = sequenceNumber;
            _highestOut = sequenceNumberOut;
            _lastTimestampOut = timestampOut;
            _lastTimestampAt = Math.Max(1, nowMicroseconds);
        }

        return true;
    }

    /// <summary>
    /// Leaves a packet out: those behind it close the gap. False where packets before it are still missing: then their
    /// places are open, and the packet must be sent (as padding) to keep the numbers without a hole.
    /// </summary>
    public bool TrySkip(long sequenceNumber)
    {
        if (_newest < 0 || sequenceNumber != _highestSource + 1) return false;
        _highestSource = sequenceNumber;
        AddPoint(sequenceNumber + 1, _newestOffset - 1);
        return true;
    }

    private bool TryFindOffset(long sequenceNumber, out long offset)
    {
        if (sequenceNumber >= _newestFrom)
        {
            offset = _newestOffset;
            return true;
        }

        for (var i = 1; i < _points; i++)
        {
            var point = (_newest - i + HistoryLength) % HistoryLength;
            if (sequenceNumber < _from[point]) continue;
            offset = _offset[point];
            // The packet that a later point left out has no place.
            return sequenceNumber < _from[(point + 1) % HistoryLength] - 1;
        }

        offset = 0;
        return false;
    }

    private void AddPoint(long from, long offset)
    {
        (_newestFrom, _newestOffset) = (from, offset);
        if (_newest >= 0 && _from[_newest] == from)
        {
            _offset[_newest] = offset;
            return;
        }

        _newest = (_newest + 1) % HistoryLength;
        _from[_newest] = from;
        _offset[_newest] = offset;
        _points = Math.Min(_points + 1, HistoryLength);
    }
}
