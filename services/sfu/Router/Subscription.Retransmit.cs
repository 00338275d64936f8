using System.Buffers.Binary;
using LiveStream.Sfu.Router.Codecs;
using LiveStream.Sfu.Router.Rewriting;
using LiveStream.Wire.Rtcp;

namespace LiveStream.Sfu.Router;

/// <summary>Retransmission: the subscriber's NACKs answered from the publisher's packet cache.</summary>
internal sealed partial class Subscription
{
    /// <summary>Answers a generic NACK (RFC 4585 §6.2.1) by RTX (RFC 4588).</summary>
    public void OnNack(GenericNack nack, long nowMicroseconds)
    {
        for (var i = 0; i < nack.Count; i++)
        {
            var (first, mask) = nack.Get(i);
            Retransmit(first, nowMicroseconds);
            for (var bit = 0; bit < 16; bit++)
                if ((mask & (1 << bit)) != 0) Retransmit((ushort)(first + bit + 1), nowMicroseconds);
        }
    }

    private void Retransmit(ushort sequenceNumber, long nowMicroseconds)
    {
        // Only by RTX: a number that is sent again under its own nonce would have to repeat every byte.
        if (_current is not { } current || _payload?.RtxPayloadType is not { } rtxPayloadType) return;
        // The full number is the newest one that has these low bits.
        var outgoing = _rewriter.HighestSequenceNumber - (ushort)(_rewriter.HighestSequenceNumber - sequenceNumber);
        if (!_sent.TryGet(outgoing, nowMicroseconds, Egress.RoundTrip, out var sent)) return;
        var stream = current.Track.Layers[sent.Layer];
        var source = stream.HighestSequenceNumber - (uint)(stream.HighestSequenceNumber - sent.Source);
        if (!stream.Cache.Contains(source)) return;
        ref var facts = ref stream.Cache.Facts(source);
        var payload = stream.Cache.RtxPayload(source);
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)outgoing);
        Span<byte> header = stackalloc byte[MaximumHeader];
        var length = WriteHeader(header, rtxPayloadType, facts.Marker, padding: false, _rtxSequence, sent.Timestamp, RtxSsrc, facts, payload.Length, nowMicroseconds);
        var vp8 = stream.Track.Codec == CodecKind.Vp8;
        var original = vp8 ? _vp8.Apply(payload[2..]) : default;
        Egress.Sink.SendRtp(header[..length], payload, _rtxRollover);
        if (vp8) Vp8Rewriter.Restore(payload[2..], original);
        if (++_rtxSequence == 0) _rtxRollover++;
    }
}
