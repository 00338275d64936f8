using LiveStream.Sfu.Srtp;
using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Testing.Rtc;

/// <summary>
/// The incoming half of a client: streams by SSRC, their statistics and SRTP state, and the RTCP that a browser sends about
/// them. Not thread-safe; <see cref="RtcSession"/> owns it.
/// </summary>
public sealed class RtcReceiveSide
{
    private const int MaxStreams = 64;

    private readonly Dictionary<uint, Stream> _streams = [];
    private readonly TransportArrivalLog _arrivals = new();
    private readonly int[] _clockRates = new int[128];
    private readonly bool[] _isRtx = new bool[128];
    private Stream? _last;

    internal RtcReceiveSide(IEnumerable<RtcCodec> codecs)
    {
        foreach (var codec in codecs)
        {
            _clockRates[codec.PayloadType] = codec.ClockRate;
            if (codec.RtxPayloadType == 0) continue;
            _clockRates[codec.RtxPayloadType] = codec.ClockRate;
            _isRtx[codec.RtxPayloadType] = true;
        }
    }

    /// <summary>Statistics of every stream seen.</summary>
    public IEnumerable<RtpReceiveStatistics> Streams => _streams.Values.Select(stream => stream.Statistics);

    /// <summary>Packets with an unknown payload type, or beyond the stream limit.</summary>
    public long Unknown { get; private set; }

    /// <summary>Packets that failed SRTP authentication.</summary>
    public long AuthenticationFailures { get; private set; }

    /// <summary>Whether the payload type is of retransmissions.</summary>
    public bool IsRtx(byte payloadType) => _isRtx[payloadType & 0x7F];

    internal bool TryAdd(in RtpPacketView packet, TimeSpan now, out Stream stream)
    {
        if (!TryGetStream(packet, out stream)) return false;
        if (packet.TryGetExtension(RtcExtensionIds.TransportSequenceNumber, out var value)
            && TransportSequenceNumber.TryParse(value, out var sequence))
        {
            _arrivals.Add(sequence.Value, (long)now.TotalMicroseconds);
        }
        stream.Statistics.Add(packet, now);
        return true;
    }

    internal bool TryUnprotect(SrtpReceiver srtp, Span<byte> packet, int headerLength, Stream stream, out int length)
    {
        var result = srtp.UnprotectRtp(packet, headerLength, ref stream.SrtpState, out length);
        if (result == SrtpResult.AuthenticationFailed) AuthenticationFailures++;
        return result == SrtpResult.Ok;
    }

    internal void AddSenderReport(in SenderReport report, TimeSpan now)
    {
        if (_streams.TryGetValue(report.Ssrc, out var stream)) stream.Statistics.AddSenderReport(report.NtpTimestamp, now);
    }

    /// <summary>A receiver report over all streams but retransmissions, with CNAME (RFC 3550 §6.1).</summary>
    internal int WriteReceiverReport(Span<byte> destination, uint senderSsrc, TimeSpan now)
    {
        Span<ReportBlock> blocks = stackalloc ReportBlock[31];
        var count = 0;
        foreach (var stream in _streams.Values)
        {
            if (count < blocks.Length && !IsRtx(stream.Statistics.PayloadType)) blocks[count++] = stream.Statistics.MakeReport(now);
        }
        var length = RtcpWriter.WriteReceiverReport(destination, senderSsrc, blocks[..count]);
        return length + RtcpWriter.WriteCname(destination[length..], senderSsrc, "peer"u8);
    }

    /// <summary>Transport-wide feedback since the last; 0 if nothing arrived.</summary>
    internal int WriteTransportFeedback(Span<byte> destination, uint senderSsrc) =>
        _arrivals.Write(destination, senderSsrc, _last?.Statistics.Ssrc ?? 0);

    private bool TryGetStream(in RtpPacketView packet, out Stream stream)
    {
        if (_last is not null && _last.Statistics.Ssrc == packet.Ssrc)
        {
            stream = _last;
            return true;
        }
        if (!_streams.TryGetValue(packet.Ssrc, out stream!))
        {
            if (_clockRates[packet.PayloadType] == 0 || _streams.Count == MaxStreams)
            {
                Unknown++;
                return false;
            }
            stream = new Stream(new RtpReceiveStatistics(packet.Ssrc, _clockRates[packet.PayloadType]));
            _streams.Add(packet.Ssrc, stream);
        }
        _last = stream;
        return true;
    }

    internal sealed class Stream(RtpReceiveStatistics statistics)
    {
        public RtpReceiveStatistics Statistics { get; } = statistics;

#pragma warning disable CA1051 // Passed by reference to the SRTP receiver.
        public SrtpReceiveState SrtpState;
#pragma warning restore CA1051
    }
}
