using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Sfu.Rtcp;

/// <summary>
/// Arrival times of a publisher's packets by transport-wide sequence number, and the feedback made of them
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): the publisher's congestion control lives on it. Pure.
/// </summary>
public sealed class TransportFeedbackRecorder
{
    private const int Capacity = 2048, Mask = Capacity - 1, MaximumPerReport = 512;
    private const long NotReceived = -1;

    private readonly long[] _arrivals = new long[Capacity];
    private readonly long[] _window = new long[MaximumPerReport];
    private SequenceUnwrapper _unwrapper;
    private long _next = -1;
    private long _highest = -1;
    private byte _feedbackCount;

    public TransportFeedbackRecorder() => Array.Fill(_arrivals, NotReceived);

    /// <summary>True when there is something to report.</summary>
    public bool HasNews => _highest >= 0 && _next <= _highest;

    /// <summary>Notes the arrival of one packet.</summary>
    public void OnPacket(ushort transportSequenceNumber, long nowMicroseconds)
    {
        var sequence = _unwrapper.Unwrap(transportSequenceNumber);
        if (sequence < 0) return;
        if (_next < 0) _next = sequence;
        if (sequence <= _highest - Capacity) return;
        if (sequence > _highest + Capacity)
        {
            // A jump past the whole window: a restarted sender. Begin again there.
            Array.Fill(_arrivals, NotReceived);
            _next = sequence;
            _highest = sequence;
        }

        for (var missing = _highest + 1; missing < sequence; missing++) _arrivals[missing & Mask] = NotReceived;
        if (sequence > _highest) _highest = sequence;
        if (_highest - _next >= Capacity) _next = _highest - Capacity + 1;
        // A late packet is reported again from there: the draft lets feedback overlap.
        if (sequence < _next) _next = sequence;
        _arrivals[sequence & Mask] = nowMicroseconds;
    }

    /// <summary>Writes one feedback packet for what is new; 0 when there is none. Call again while <see cref="HasNews"/>.</summary>
    public int Write(Span<byte> destination, uint senderSsrc, uint mediaSsrc)
    {
        if (!HasNews) return 0;
        while (_next < _highest && _arrivals[_next & Mask] == NotReceived && _highest - _next >= MaximumPerReport) _next++;
        var count = (int)Math.Min(MaximumPerReport, _highest - _next + 1);
        for (var i = 0; i < count; i++) _window[i] = _arrivals[(_next + i) & Mask];
        var written = RtcpWriter.WriteTransportFeedback(destination, senderSsrc, mediaSsrc, _feedbackCount, _next, _window.AsSpan(0, count), out var consumed);
        if (written == 0 || consumed == 0)
        {
            _next = _highest + 1;
            return 0;
        }

        _feedbackCount++;
        _next += consumed;
        return written;
    }
}
