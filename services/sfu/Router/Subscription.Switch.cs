using LiveStream.Sfu.Router.Codecs;

namespace LiveStream.Sfu.Router;

/// <summary>How the stream goes on with another layer, or with another track: at a key frame, and with all that belongs to it.</summary>
internal sealed partial class Subscription
{
    // A key frame that is later than this is an old picture, and a burst of packets for each who waits for one.
    private const int MaximumCatchUp = 256;

    private const int MaximumParameterSets = 4;

    // Goes on with a layer from a packet that begins a key frame; false, and nothing is sent, where it begins none. A key frame whose
    // first packet comes late, reordered or sent again, has packets that came before it: they were not sent, and what was not sent
    // cannot be asked for again. They go out of the cache now, each number once.
    private bool TrySwitchTo(IncomingStream stream, long sequenceNumber, PayloadFormat payload, long nowMicroseconds)
    {
        if (!stream.Cache.Contains(sequenceNumber) || !stream.Cache.Facts(sequenceNumber).StartsKeyFrame) return false;
        if (stream.HighestSequenceNumber - sequenceNumber > MaximumCatchUp)
        {
            RequestKeyFrame();
            return false;
        }

        var first = FirstOf(stream, sequenceNumber);
        SwitchTo(stream, first, ref stream.Cache.Facts(sequenceNumber), nowMicroseconds);
        for (var next = first; next <= stream.HighestSequenceNumber; next++) Send(payload, stream, next, nowMicroseconds);
        return true;
    }

    // H.264's parameter sets come before the picture that needs them, in packets of their own: the picture may be where the key frame
    // is noticed. Where some are still awaited their numbers are kept free: what is from before the switch is refused.
    private static long FirstOf(IncomingStream stream, long sequenceNumber)
    {
        if (stream.Track.Codec != CodecKind.H264 || H264Payload.HasParameterSet(stream.Cache.Payload(sequenceNumber))) return sequenceNumber;
        var timestamp = stream.Cache.Facts(sequenceNumber).Timestamp;
        var (first, awaited) = (sequenceNumber, 0);
        for (var before = sequenceNumber - 1; stream.HighestSequenceNumber - before <= MaximumCatchUp; before--)
        {
            if (stream.Cache.Contains(before) ? stream.Cache.Facts(before).Timestamp != timestamp : !stream.Nacks.IsAwaited(before) || ++awaited > MaximumParameterSets) break;
            first = before;
        }

        return first;
    }

    private void SwitchTo(IncomingStream stream, long first, ref PacketFacts facts, long nowMicroseconds)
    {
        uint? aligned = null;
        if (_current is { } old && old.Track == stream.Track) aligned = Align(old, stream, facts.Timestamp);
        // Sent packets are found by layer and number: those of another track, or with other picture ids, are not these.
        if (_lastTrack != stream.Track || stream.Track.Codec == CodecKind.Vp8) _sent.Clear();
        _lastTrack = stream.Track;
        _rewriter.SwitchSource(first, facts.Timestamp, nowMicroseconds, stream.Track.ClockRate, aligned);
        if (stream.Track.Codec == CodecKind.Vp8) _vp8.SwitchSource(stream.Cache.Payload(facts.SequenceNumber));
        _current = stream;
    }

    // Layers of one track share the publisher's NTP clock: the new layer's timestamp in terms of the old one's.
    private uint? Align(IncomingStream old, IncomingStream next, uint timestamp)
    {
        if (old.Statistics.SenderReportNtp == 0 || next.Statistics.SenderReportNtp == 0) return null;
        var apart = NtpTime.ToUnixMicroseconds(next.Statistics.SenderReportNtp) - NtpTime.ToUnixMicroseconds(old.Statistics.SenderReportNtp);
        var sinceReport = (int)unchecked(timestamp - next.Statistics.SenderReportRtp);
        var inOldClock = unchecked(old.Statistics.SenderReportRtp + (uint)((apart * old.Track.ClockRate / 1_000_000) + sinceReport));
        return unchecked(inOldClock + _rewriter.TimestampOffset);
    }
}
