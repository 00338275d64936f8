namespace LiveStream.Sfu.Srtp;

/// <summary>
/// SRTCP replay windows, one for each sender SSRC, as peers count the SRTCP index per SSRC. Entries appear only for
/// authentic packets. Bounded: when full, the SSRC that has been silent longest makes room.
/// </summary>
internal sealed class SrtcpReplayTable
{
    /// <summary>Most SSRCs remembered at a time.</summary>
    public const int Capacity = 64;

    private Entry[] _entries = new Entry[4];
    private int _count;
    private ulong _clock;

    /// <summary>SSRCs remembered now.</summary>
    public int Count => _count;

    /// <summary>Says whether this index is new for this SSRC, without changing anything.</summary>
    public SrtpResult Check(uint ssrc, uint index)
    {
        var at = Find(ssrc);
        return at < 0 ? SrtpResult.Ok : _entries[at].Window.Check(index);
    }

    /// <summary>Records the index of an authentic packet.</summary>
    public void Accept(uint ssrc, uint index)
    {
        var at = Find(ssrc);
        if (at < 0) at = Add(ssrc);
        _entries[at].LastUse = ++_clock;
        _entries[at].Window.Accept(index);
    }

    private int Find(uint ssrc)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_entries[i].Ssrc == ssrc) return i;
        }

        return -1;
    }

    private int Add(uint ssrc)
    {
        int at;
        if (_count < Capacity)
        {
            if (_count == _entries.Length) Array.Resize(ref _entries, Math.Min(Capacity, _count * 2));
            at = _count++;
        }
        else
        {
            at = 0;
            for (var i = 1; i < _count; i++)
            {
                if (_entries[i].LastUse < _entries[at].LastUse) at = i;
            }
        }

        _entries[at] = new Entry { Ssrc = ssrc };
        return at;
    }

    private struct Entry
    {
        public uint Ssrc;
        public ulong LastUse;
        public ReplayWindow Window;
    }
}
