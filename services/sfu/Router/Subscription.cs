using System.Buffers.Binary;
using System.Security.Cryptography;
using LiveStream.Sfu.Interop;
using LiveStream.Sfu.Router.Codecs;
using LiveStream.Sfu.Router.Layers;
using LiveStream.Sfu.Router.Rewriting;
using LiveStream.Wire.Rtcp;

namespace LiveStream.Sfu.Router;

/// <summary>
/// One outgoing RTP stream to one subscriber: an m-line that is fed by a track, and by one layer of it at a time. Its
/// SSRC, sequence numbers and timestamps stay continuous over every change of source. Owned by the room's worker thread.
/// </summary>
internal sealed partial class Subscription(Egress egress, SubscriptionFormat format, string mid, uint ssrc, uint rtxSsrc, string? trackId = null)
{
    private const int FixedHeader = 12, MaximumHeader = 40;

    private readonly RtpRewriter _rewriter = new(NextRandom16(), NextRandom32());
    private readonly Vp8Rewriter _vp8 = new();
    private readonly SimulcastSelector _selector = new();
    private readonly SentPackets _sent = new(format.Kind == Contracts.Sfu.V1.MediaKind.Video && format.Nack ? 512 : 0);
    private IncomingStream? _current;
    private PublishedTrack? _lastTrack;
    private int _targetLayer = -1;
    private PayloadFormat? _payload;
    private uint _packets;
    private uint _octets;
    // In the lower half, like the media's: a receiver that loses the first ones guesses rollover counter 0.
    private ushort _rtxSequence = (ushort)(NextRandom16() & 0x7FFF);
    private uint _rtxRollover;

    public Egress Egress { get; } = egress;

    public SubscriptionFormat Format { get; } = format;

    public string Mid { get; } = mid;

    /// <summary>The only track that may feed it; null where any may.</summary>
    public string? TrackId { get; } = trackId;

    public uint Ssrc { get; } = ssrc;

    public uint RtxSsrc { get; } = rtxSsrc;

    /// <summary>What feeds it now; null while nothing does.</summary>
    public PublishedTrack? Track { get; private set; }

    /// <summary>The best that the subscriber wants of its track.</summary>
    public PreferredLayer Preferred { get; private set; } = PreferredLayer.High;

    /// <summary>Sends nothing, or no more than some layer, from now on. Saying the same again does nothing.</summary>
    public void Prefer(PreferredLayer highest)
    {
        if (Preferred == highest) return;
        Preferred = highest;
        _lessSince = 0;
        if (Track is { } track) Aim(track);
    }

    /// <summary>True where the subscriber can decode the track.</summary>
    public bool Accepts(PublishedTrack track) =>
        track.Description.Kind == Format.Kind && Format.Match(track.Codec, track.Description.Codec.Fmtp) is not null;

    /// <summary>Feeds the stream from a track (null: from none). Video goes on at the track's next key frame.</summary>
    public void Attach(PublishedTrack? track)
    {
        Track?.Remove(this);
        Track = track;
        _current = null;
        _targetLayer = -1;
        _lessSince = 0;
        if (track is null) return;
        _payload = Format.Match(track.Codec, track.Description.Codec.Fmtp);
        track.Add(this);
        Aim(track);
    }

    // Up to the preference; the estimate has its say with the next tick. What is sent goes on until a key frame of the new aim.
    private void Aim(PublishedTrack track)
    {
        _selector.MaximumLayer = LayerNames.HighestOf(Preferred, track.Layers);
        _targetLayer = Math.Min(track.IsVideo ? TopActiveLayer(track) : 0, _selector.MaximumLayer);
        if (_targetLayer < 0) _current = null;
        RequestKeyFrame();
    }

    /// <summary>Asks the publisher for a key frame of the layer that is sent or wanted.</summary>
    public void RequestKeyFrame()
    {
        if (Track is { IsVideo: true } track && _targetLayer >= 0) track.RequestKeyFrame(_targetLayer);
    }

    /// <summary>Chooses the layer within a budget of bits per second; returns what it takes of it.</summary>
    public long ChooseLayer(long budget, long nowMicroseconds)
    {
        if (Track is not { } track) return 0;
        Span<(bool, long)> layers = stackalloc (bool, long)[track.Layers.Length];
        for (var i = 0; i < layers.Length; i++) layers[i] = (track.Layers[i].IsActive(nowMicroseconds), track.Layers[i].Bitrate);
        var chosen = _selector.Select(layers, _targetLayer, budget, nowMicroseconds);
        // All layers pause (a still screen): stay, because what comes next may go on without a key frame.
        if (chosen < 0 && _selector.MaximumLayer >= 0) return 0;
        if (chosen != _targetLayer)
        {
            _targetLayer = chosen;
            if (chosen < 0) _current = null;
            RequestKeyFrame();
        }

        return chosen < 0 ? 0 : track.Layers[chosen].Bitrate;
    }

    /// <summary>Fetches what <see cref="Forward"/> reads into the processor's cache; see <see cref="Egress.Approach"/>.</summary>
    public void Approach(int depth)
    {
        if (Track is not { IsForwarding: true }) return;
        if (depth == 2)
        {
            CacheLines.FetchLarge(_rewriter);
            CacheLines.Fetch(_sent);
            CacheLines.Fetch(Format);
            if (_payload is not null) CacheLines.Fetch(_payload);
            return;
        }

        _sent.Approach(_rewriter.HighestSequenceNumber + 1);
    }

    /// <summary>Sends the packets that a layer received in this turn, where that layer is the one to send.</summary>
    public void Forward(IncomingStream stream, ReadOnlySpan<long> packets, long nowMicroseconds)
    {
        if (_payload is not { } payload) return;
        // Neither the layer that is sent nor the one to switch to.
        if (stream != _current && stream.Layer != _targetLayer) return;
        foreach (var sequenceNumber in packets)
        {
            if (stream == _current) Send(payload, stream, sequenceNumber, nowMicroseconds);
            // With the key frame went all that the layer has behind it, also what came before it and what is still to come here.
            else if (TrySwitchTo(stream, sequenceNumber, payload, nowMicroseconds)) return;
        }
    }

    /// <summary>Writes a sender report (RFC 3550 §6.4.1) of the stream; 0 while nothing is sent or the source's clock is unknown.</summary>
    public int WriteSenderReport(Span<byte> destination, long unixMicroseconds)
    {
        if (_current is not { } stream || _packets == 0) return 0;
        var track = stream.Track;
        if (!track.Clock.TryGetTimestamp(stream.Statistics, track.ClockRate, unixMicroseconds, out var timestamp)) return 0;
        timestamp = unchecked(timestamp + _rewriter.TimestampOffset);
        return RtcpWriter.WriteSenderReport(destination, Ssrc, NtpTime.FromUnixMicroseconds(unixMicroseconds), timestamp, _packets, _octets, []);
    }

    private void Send(PayloadFormat format, IncomingStream stream, long sequenceNumber, long nowMicroseconds)
    {
        // Its place is taken where the numbers leapt.
        if (!stream.Cache.Contains(sequenceNumber)) return;
        ref var facts = ref stream.Cache.Facts(sequenceNumber);
        if (facts.PayloadLength == 0 && _rewriter.TrySkip(sequenceNumber)) return;
        if (!_rewriter.TryMap(sequenceNumber, facts.Timestamp, nowMicroseconds, out var outgoing, out var timestamp)) return;
        Write(format, stream, sequenceNumber, ref facts, outgoing, timestamp, nowMicroseconds);
        _sent.Add(outgoing, sequenceNumber, stream.Layer, timestamp);
        _packets++;
        _octets += facts.PayloadLength;
    }

    private void Write(PayloadFormat format, IncomingStream stream, long sequenceNumber, ref PacketFacts facts, long outgoing, uint timestamp, long nowMicroseconds)
    {
        Span<byte> header = stackalloc byte[MaximumHeader];
        var length = WriteHeader(header, format.PayloadType, facts.Marker, facts.Padding > 0, (ushort)outgoing, timestamp, Ssrc, facts, facts.PayloadLength + facts.Padding, nowMicroseconds);
        var payload = stream.Cache.Payload(sequenceNumber);
        if (stream.Track.Codec == CodecKind.Vp8 && facts.PayloadLength > 0)
        {
            var original = _vp8.Apply(payload);
            Egress.Sink.SendRtp(header[..length], payload, (uint)(outgoing >> 16));
            Vp8Rewriter.Restore(payload, original);
            return;
        }

        Egress.Sink.SendRtp(header[..length], payload, (uint)(outgoing >> 16));
    }

    private int WriteHeader(Span<byte> header, byte payloadType, bool marker, bool padding, ushort sequenceNumber, uint timestamp, uint ssrc, in PacketFacts facts, int payloadLength, long nowMicroseconds)
    {
        var extensions = Format.Extensions;
        var offset = FixedHeader + 4;
        if (Egress.IsAdaptive) offset += WriteForEstimate(header[offset..], extensions, payloadLength, nowMicroseconds);
        if (extensions.AudioLevel != 0 && facts.AudioLevel != 0xFF)
        {
            header[offset++] = (byte)(extensions.AudioLevel << 4);
            header[offset++] = facts.AudioLevel;
        }

        var words = (offset - FixedHeader - 4 + 3) / 4;
        header[0] = (byte)(0x80 | (padding ? 0x20 : 0) | (words > 0 ? 0x10 : 0));
        header[1] = (byte)((marker ? 0x80 : 0) | payloadType);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], ssrc);
        if (words == 0) return FixedHeader;
        BinaryPrimitives.WriteUInt16BigEndian(header[FixedHeader..], 0xBEDE);
        BinaryPrimitives.WriteUInt16BigEndian(header[(FixedHeader + 2)..], (ushort)words);
        var end = FixedHeader + 4 + (words * 4);
        header[offset..end].Clear();
        return end;
    }

    // Transport-wide number or send time, whichever the subscriber takes; returns its length.
    private int WriteForEstimate(Span<byte> extension, in OutgoingExtensions extensions, int payloadLength, long nowMicroseconds)
    {
        if (extensions.TransportSequence != 0)
        {
            extension[0] = (byte)((extensions.TransportSequence << 4) | 1);
            BinaryPrimitives.WriteUInt16BigEndian(extension[1..], Egress.Estimator.OnSend(payloadLength, nowMicroseconds));
            return 3;
        }

        if (extensions.AbsoluteSendTime == 0) return 0;
        // 6.18 fixed point seconds.
        var time = (uint)((ulong)(nowMicroseconds % 64_000_000) * (1 << 18) / 1_000_000);
        extension[0] = (byte)((extensions.AbsoluteSendTime << 4) | 2);
        extension[1] = (byte)(time >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(extension[2..], (ushort)time);
        return 4;
    }

    private static int TopActiveLayer(PublishedTrack track)
    {
        var top = 0;
        for (var i = 0; i < track.Layers.Length; i++)
            if (track.Layers[i].LastPacketAt != 0) top = i;
        return top;
    }

    private static ushort NextRandom16() => (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);

    private static uint NextRandom32() => (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
}
