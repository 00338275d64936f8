namespace LiveStream.Sfu.Router;

/// <summary>One packet that was sent to a subscriber, as far as sending it again needs it.</summary>
internal struct SentPacket
{
    public long Outgoing;
    public long Source;
    public long ResentAt;
    public uint Timestamp;
    public byte Layer;
}

/// <summary>The last packets sent on one subscription: outgoing number to source number. A ring without allocation after construction.</summary>
internal sealed class SentPackets
{
    private readonly SentPacket[] _ring;

    /// <param name="capacity">A power of two, or 0 for none.</param>
    public SentPackets(int capacity)
    {
        _ring = new SentPacket[capacity];
        Clear();
    }

    /// <summary>Forgets all: the source they came from is gone.</summary>
    public void Clear()
    {
        for (var i = 0; i < _ring.Length; i++) _ring[i].Outgoing = -1;
    }

    public void Add(long outgoing, long source, int layer, uint timestamp)
    {
        if (_ring.Length == 0) return;
        _ring[(int)outgoing & (_ring.Length - 1)] = new()
        {
            Outgoing = outgoing,
            Source = source,
            ResentAt = long.MinValue / 2,
            Timestamp = timestamp,
            Layer = (byte)layer,
        };
    }

    /// <summary>Finds a packet to send again. False: unknown, or sent again within the last round trip (the copy may be on its way).</summary>
    public bool TryGet(long outgoing, long nowMicroseconds, long roundTripMicroseconds, out SentPacket packet)
    {
        packet = default;
        if (_ring.Length == 0 || outgoing < 0) return false;
        ref var slot = ref _ring[(int)outgoing & (_ring.Length - 1)];
        if (slot.Outgoing != outgoing || nowMicroseconds - slot.ResentAt < roundTripMicroseconds) return false;
        slot.ResentAt = nowMicroseconds;
        packet = slot;
        return true;
    }
}
