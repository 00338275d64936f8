namespace LiveStream.Sfu.Rtcp;

/// <summary>
/// Which packets of one incoming stream to ask for again (RFC 4585 §6.2.1). Pure: sequence numbers and times in,
/// requests out. A missing packet is asked for once it is overtaken by some time, then again each interval, a bounded number of times.
/// </summary>
public sealed class NackGenerator
{
    /// <summary>Most packets waited for at a time; beyond it the stream needs a key frame instead.</summary>
    public const int Capacity = 256;

    private const int MaximumAttempts = 10;
    private const long ReorderMicroseconds = 8_000, MinimumRetryMicroseconds = 40_000;

    // Made by the first loss.
    private long[] _missing = [];
    private long[] _due = [];
    private byte[] _attempts = [];
    private int _count;
    private long _highest = -1;

    /// <summary>Packets that are awaited now.</summary>
    public int Pending => _count;

    /// <summary>Packets that were given up.</summary>
    public long Abandoned { get; private set; }

    /// <summary>True where a packet is missing and may still come.</summary>
    public bool IsAwaited(long sequenceNumber) => Array.BinarySearch(_missing, 0, _count, sequenceNumber) >= 0;

    /// <summary>Notes an arrival. False: so many are missing that a key frame is the better remedy; the list starts anew.</summary>
    public bool OnPacket(long sequenceNumber, long nowMicroseconds)
    {
        if (_highest < 0 || sequenceNumber == _highest + 1)
        {
            _highest = sequenceNumber;
            return true;
        }

        if (sequenceNumber <= _highest)
        {
            Remove(sequenceNumber);
            return true;
        }

        var gap = sequenceNumber - _highest - 1;
        if (gap + _count > Capacity)
        {
            Abandoned += gap + _count;
            _count = 0;
            _highest = sequenceNumber;
            return false;
        }

        if (_missing.Length == 0) (_missing, _due, _attempts) = (new long[Capacity], new long[Capacity], new byte[Capacity]);
        for (var missing = _highest + 1; missing < sequenceNumber; missing++)
        {
            _missing[_count] = missing;
            _due[_count] = nowMicroseconds + ReorderMicroseconds;
            _attempts[_count] = 0;
            _count++;
        }

        _highest = sequenceNumber;
        return true;
    }

    /// <summary>Fills in the numbers to ask for now, ascending; returns how many. Repeats come after <paramref name="roundTripMicroseconds"/>.</summary>
    public int Collect(long nowMicroseconds, long roundTripMicroseconds, Span<ushort> destination)
    {
        var asked = 0;
        var kept = 0;
        var retry = Math.Max(MinimumRetryMicroseconds, roundTripMicroseconds + (roundTripMicroseconds / 4));
        for (var i = 0; i < _count; i++)
        {
            if (_due[i] <= nowMicroseconds && asked < destination.Length)
            {
                if (_attempts[i] == MaximumAttempts)
                {
                    Abandoned++;
                    continue;
                }

                _attempts[i]++;
                _due[i] = nowMicroseconds + retry;
                destination[asked++] = (ushort)_missing[i];
            }

            _missing[kept] = _missing[i];
            _due[kept] = _due[i];
            _attempts[kept] = _attempts[i];
            kept++;
        }

        _count = kept;
        return asked;
    }

    private void Remove(long sequenceNumber)
    {
        var index = Array.BinarySearch(_missing, 0, _count, sequenceNumber);
        if (index < 0) return;
        var behind = _count - index - 1;
        Array.Copy(_missing, index + 1, _missing, index, behind);
        Array.Copy(_due, index + 1, _due, index, behind);
        Array.Copy(_attempts, index + 1, _attempts, index, behind);
        _count--;
    }
}
