using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LiveStream.Sfu.Interop;

namespace LiveStream.Sfu.Router;

/// <summary>One packet that was sent to a subscriber, as far as sending it again needs it. 20 bytes: a large room holds many.</summary>
internal struct SentPacket
{
    /// <summary>Low 32 bits of the outgoing extended sequence number.</summary>
    public uint Outgoing;

    /// <summary>Low 32 bits of the source's extended sequence number.</summary>
    public uint Source;

    public uint Timestamp;

    /// <summary>Milliseconds, wrapping; 0 before the first repetition.</summary>
    public uint ResentAt;

    public byte Layer;
    public bool Used;
}

/// <summary>The last packets sent on one subscription: outgoing number to source number. A ring without allocation after construction.</summary>
internal sealed unsafe class SentPackets
{
    private readonly SentPacket[] _ring;
    private readonly int _mask;

    /// <param name="capacity">A power of two, or 0 for none.</param>
    public SentPackets(int capacity)
    {
        _ring = new SentPacket[capacity];
        _mask = capacity - 1;
    }

    /// <summary>Forgets all: the source they came from is gone.</summary>
    public void Clear() => Array.Clear(_ring);

    public void Add(long outgoing, long source, int layer, uint timestamp)
    {
        if (_mask < 0) return;
        Slot(outgoing) = new()
        {
            Outgoing = (uint)outgoing,
            Source = (uint)source,
            Timestamp = timestamp,
            Layer = (byte)layer,
            Used = true,
        };
    }

    /// <summary>Fetches into the processor's cache where the packets from this number on are noted.</summary>
    public void Approach(long outgoing)
    {
        if (_mask < 0) return;
        var slot = (byte*)Unsafe.AsPointer(ref Slot(outgoing));
        CacheLines.Fetch(slot);
        CacheLines.Fetch(slot + CacheLines.Size);
    }

    /// <summary>Finds a packet to send again. False: unknown, or sent again within the last round trip (the copy may be on its way).</summary>
    public bool TryGet(long outgoing, long nowMicroseconds, long roundTripMicroseconds, out SentPacket packet)
    {
        packet = default;
        if (_mask < 0 || outgoing < 0) return false;
        ref var slot = ref Slot(outgoing);
        if (!slot.Used || slot.Outgoing != (uint)outgoing) return false;
        var now = (uint)(nowMicroseconds / 1000) | 1;
        if (slot.ResentAt != 0 && now - slot.ResentAt < roundTripMicroseconds / 1000) return false;
        slot.ResentAt = now;
        packet = slot;
        return true;
    }

    // The mask keeps it within the ring. An index would be checked against the array's length, which is cold memory of its own.
    private ref SentPacket Slot(long outgoing) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_ring), (int)outgoing & _mask);
}
