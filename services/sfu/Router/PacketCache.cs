using System.Runtime.InteropServices;

namespace LiveStream.Sfu.Router;

/// <summary>What the router knows of a cached packet beside its payload.</summary>
internal struct PacketFacts
{
    /// <summary>Extended sequence number at the publisher; -1 for an empty slot.</summary>
    public long SequenceNumber;

    public uint Timestamp;
    public ushort PayloadLength;

    /// <summary>RTP padding that the slot carries behind the payload, set when a run is made even.</summary>
    public byte Padding;

    public byte PayloadType;
    public bool Marker;

    /// <summary>The packet begins a picture from which decoding can start.</summary>
    public bool StartsKeyFrame;

    /// <summary>RFC 6464 octet (voice flag and level); 0xFF without one.</summary>
    public byte AudioLevel;
}

/// <summary>
/// The last packets of one incoming RTP stream, decrypted, in native memory: the source of forwarding and of
/// retransmission. Owned by the room's worker thread; spans are valid until the slot is used again, a full ring later.
/// </summary>
/// <remarks>
/// A slot keeps two bytes free before the payload (RTX, RFC 4588) and room behind it (padding). The memory, one and a half megabytes
/// for video, comes with the first packet: an offer may name many streams that nobody ever sends.
/// </remarks>
internal sealed unsafe class PacketCache : IDisposable
{
    /// <summary>Largest RTP payload that is forwarded; a larger one does not fit a 1500-byte link after encryption anyway.</summary>
    public const int MaximumPayload = 1480;

    /// <summary>Largest padding that <see cref="Payload"/> may carry.</summary>
    public const int MaximumPadding = 32;

    private const int PrefixBytes = 2, SlotBytes = 1536;

    private readonly int _mask;
    private byte* _slots;
    private PacketFacts[] _facts = [];
    private bool _disposed;

    /// <param name="capacity">A power of two.</param>
    public PacketCache(int capacity) => _mask = capacity - 1;

    public int Capacity => _mask + 1;

    /// <summary>Stores a payload. False: the number is there already, or so old that its slot serves a newer one, or the payload is too long.</summary>
    public bool TryStore(in PacketFacts facts, ReadOnlySpan<byte> payload)
    {
        if (_facts.Length == 0) Allocate();
        ref var slot = ref _facts[(int)facts.SequenceNumber & _mask];
        if (slot.SequenceNumber >= facts.SequenceNumber || payload.Length > MaximumPayload) return false;
        slot = facts;
        slot.PayloadLength = (ushort)payload.Length;
        slot.Padding = 0;
        payload.CopyTo(new Span<byte>(Start(facts.SequenceNumber), MaximumPayload));
        return true;
    }

    /// <summary>True while the packet is still held.</summary>
    public bool Contains(long sequenceNumber)
    {
        var (facts, slot) = (_facts, (int)sequenceNumber & _mask);
        return slot < facts.Length && facts[slot].SequenceNumber == sequenceNumber;
    }

    /// <summary>Facts of a held packet; check <see cref="Contains"/> first.</summary>
    public ref PacketFacts Facts(long sequenceNumber) => ref _facts[(int)sequenceNumber & _mask];

    /// <summary>Payload and its padding; writable, because codecs carry picture numbers that differ per subscriber.</summary>
    public Span<byte> Payload(long sequenceNumber)
    {
        ref var facts = ref Facts(sequenceNumber);
        return new Span<byte>(Start(sequenceNumber), facts.PayloadLength + facts.Padding);
    }

    /// <summary>The payload behind its original sequence number, as a retransmission carries it (RFC 4588 §4).</summary>
    public Span<byte> RtxPayload(long sequenceNumber)
    {
        ref var facts = ref Facts(sequenceNumber);
        return new Span<byte>(Start(sequenceNumber) - PrefixBytes, PrefixBytes + facts.PayloadLength);
    }

    /// <summary>Gives a packet RTP padding (RFC 3550 §5.1: the last octet counts).</summary>
    public void SetPadding(long sequenceNumber, int padding)
    {
        ref var facts = ref Facts(sequenceNumber);
        facts.Padding = (byte)padding;
        if (padding == 0) return;
        var tail = new Span<byte>(Start(sequenceNumber) + facts.PayloadLength, padding);
        tail.Clear();
        tail[^1] = (byte)padding;
    }

    /// <summary>Forgets all packets.</summary>
    public void Clear()
    {
        for (var i = 0; i < _facts.Length; i++) _facts[i].SequenceNumber = -1;
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        NativeMemory.AlignedFree(_slots);
    }

    private void Allocate()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _slots = (byte*)NativeMemory.AlignedAlloc((nuint)Capacity * SlotBytes, 64);
        _facts = new PacketFacts[Capacity];
        Clear();
    }

    private byte* Start(long sequenceNumber) => _slots + ((nint)((int)sequenceNumber & _mask) * SlotBytes) + PrefixBytes;
}
