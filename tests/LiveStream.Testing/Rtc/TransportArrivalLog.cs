using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Testing.Rtc;

/// <summary>
/// Arrival times by transport-wide sequence number, turned into feedback messages
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1). Keeps what arrived since the last message, at most 1024 packets.
/// </summary>
public sealed class TransportArrivalLog
{
    private const int Capacity = 1024;

    private readonly long[] arrivals = new long[Capacity];
    private SequenceUnwrapper unwrapper;
    private long nextBase = -1, newest = -1;
    private byte feedbackCount;

    public TransportArrivalLog() => Array.Fill(arrivals, -1);

    /// <summary>Notes an arrival, in microseconds of any steady clock.</summary>
    public void Add(ushort sequence, long microseconds)
    {
        var extended = unwrapper.Unwrap(sequence);
        if (nextBase < 0) nextBase = extended;
        if (extended < nextBase) return;
        if (extended - nextBase >= Capacity)
        {
            // More than a message's worth is missing: feedback starts again at this packet.
            Array.Fill(arrivals, -1);
            nextBase = extended;
        }
        arrivals[extended % Capacity] = microseconds;
        if (extended > newest) newest = extended;
    }

    /// <summary>Writes feedback over what arrived since the last call; 0 if nothing did.</summary>
    public int Write(Span<byte> destination, uint senderSsrc, uint mediaSsrc)
    {
        if (newest < nextBase || nextBase < 0) return 0;
        Span<long> window = stackalloc long[Capacity];
        var count = (int)(newest - nextBase + 1);
        for (var i = 0; i < count; i++)
        {
            var slot = (nextBase + i) % Capacity;
            window[i] = arrivals[slot];
        }
        var length = RtcpWriter.WriteTransportFeedback(destination, senderSsrc, mediaSsrc, feedbackCount, nextBase, window[..count], out var consumed);
        if (length == 0) return 0;
        for (var i = 0; i < consumed; i++) arrivals[(nextBase + i) % Capacity] = -1;
        nextBase += consumed;
        feedbackCount++;
        return length;
    }
}
