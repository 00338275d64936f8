using System.Buffers;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>What became of a packet offered to a <see cref="JitterBuffer"/>.</summary>
public enum JitterInsert : byte
{
    /// <summary>Stored; it comes out in its turn.</summary>
    Stored,
    /// <summary>Already stored.</summary>
    Duplicate,
    /// <summary>Its turn is over: handed out before, or declared lost.</summary>
    Late,
    /// <summary>So far from the others that it is taken for a stray until a neighbour follows.</summary>
    Stray,
    /// <summary>Longer than any packet may be.</summary>
    TooLong,
}

/// <summary>One packet handed out by a <see cref="JitterBuffer"/>; its bytes are valid until the buffer's next call.</summary>
/// <param name="Packet">The whole RTP packet.</param>
/// <param name="Sequence">Extended sequence number: counts on over the 16-bit wrap and over restarts of the sender.</param>
/// <param name="LostBefore">Sequence numbers given up directly before this one.</param>
public readonly record struct JitterPacket(ReadOnlyMemory<byte> Packet, long Sequence, long LostBefore);

/// <summary>
/// Puts the packets of one SSRC back into sequence order. A hole is waited for while its retransmission may come, then
/// declared lost. Pure: time comes in as an argument. Owns copies of the packets, from the shared pool.
/// </summary>
public sealed class JitterBuffer : IDisposable
{
    /// <summary>Longest packet taken.</summary>
    public const int MaxPacketLength = 4096;

    private const int Capacity = 1024;

    private readonly Slot[] slots = new Slot[Capacity];
    private readonly TimeSpan maxWait;
    private readonly int maxBytes;
    private byte[]? handedOut;
    private bool started;
    private long next;
    private long highest;
    private long lostBeforeNext;
    private int count;
    private int bytes;
    private int strayNeighbour = -1;

    /// <summary>Makes an empty buffer.</summary>
    /// <param name="maxWait">How long a hole is waited for, from the arrival of the first packet behind it.</param>
    /// <param name="maxBytes">Bytes of packets that may wait; beyond it the oldest hole is given up.</param>
    public JitterBuffer(TimeSpan maxWait, int maxBytes = 2 * 1024 * 1024)
    {
        this.maxWait = maxWait;
        this.maxBytes = maxBytes;
    }

    /// <summary>Sequence numbers declared lost since the start.</summary>
    public long Lost { get; private set; }

    /// <summary>Packets that wait.</summary>
    public int Count => count;

    /// <summary>Stores a copy of a packet.</summary>
    public JitterInsert Insert(ushort sequenceNumber, ReadOnlySpan<byte> packet, TimeSpan now)
    {
        if (packet.Length > MaxPacketLength) return JitterInsert.TooLong;

        if (!started)
        {
            started = true;
            next = highest = sequenceNumber;
        }

        // The extended number is the one nearest to the next in turn.
        var sequence = next + (short)(sequenceNumber - (ushort)next);
        if (sequence >= next + Capacity || sequence <= next - Capacity)
        {
            // RFC 3550 §A.1: one packet out of range may be a stray, two in a row are a sender that started anew.
            if (strayNeighbour != sequenceNumber)
            {
                strayNeighbour = (ushort)(sequenceNumber + 1);
                return JitterInsert.Stray;
            }

            Restart(sequenceNumber);
            sequence = next;
        }

        strayNeighbour = -1;
        if (sequence < next) return JitterInsert.Late;

        ref var slot = ref slots[sequence & (Capacity - 1)];
        if (slot.Buffer is not null) return JitterInsert.Duplicate;

        slot = new Slot(ArrayPool<byte>.Shared.Rent(packet.Length), packet.Length, now);
        packet.CopyTo(slot.Buffer);
        count++;
        bytes += packet.Length;
        highest = Math.Max(highest, sequence);
        return JitterInsert.Stored;
    }

    /// <summary>Hands out the next packet in sequence; false when none is due.</summary>
    public bool TryTake(TimeSpan now, out JitterPacket packet)
    {
        packet = default;
        ReturnHandedOut();
        if (count == 0) return false;
        if (slots[next & (Capacity - 1)].Buffer is null && !TrySkipHole(now)) return false;

        ref var slot = ref slots[next & (Capacity - 1)];
        handedOut = slot.Buffer;
        packet = new JitterPacket(slot.Buffer.AsMemory(0, slot.Length), next, lostBeforeNext);
        bytes -= slot.Length;
        slot = default;
        count--;
        next++;
        lostBeforeNext = 0;
        return true;
    }

    /// <summary>Gives the packets back to the pool.</summary>
    public void Dispose()
    {
        ReturnHandedOut();
        Clear();
    }

    private bool TrySkipHole(TimeSpan now)
    {
        // The hole became visible when the earliest of the packets behind it arrived.
        var first = long.MaxValue;
        var seen = TimeSpan.MaxValue;
        for (var sequence = next + 1; sequence <= highest; sequence++)
        {
            ref var slot = ref slots[sequence & (Capacity - 1)];
            if (slot.Buffer is null) continue;
            first = Math.Min(first, sequence);
            if (slot.Arrival < seen) seen = slot.Arrival;
        }

        if (first == long.MaxValue) return false;
        var full = bytes > maxBytes || highest - next > Capacity - (Capacity / 8);
        if (!full && now - seen < maxWait) return false;

        lostBeforeNext += first - next;
        Lost += first - next;
        next = first;
        return true;
    }

    private void Restart(ushort sequenceNumber)
    {
        // One number is left out, so that whoever counts sees the break.
        var previous = highest;
        Clear();
        var sequence = previous + 2 + (ushort)(sequenceNumber - (ushort)(previous + 2));
        lostBeforeNext = 1;
        next = highest = sequence;
    }

    private void Clear()
    {
        foreach (ref var slot in slots.AsSpan())
        {
            if (slot.Buffer is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
            slot = default;
        }

        count = bytes = 0;
    }

    private void ReturnHandedOut()
    {
        if (handedOut is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
        handedOut = null;
    }

    private readonly record struct Slot(byte[]? Buffer, int Length, TimeSpan Arrival);
}
