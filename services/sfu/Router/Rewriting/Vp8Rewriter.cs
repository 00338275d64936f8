using LiveStream.Sfu.Router.Codecs;

namespace LiveStream.Sfu.Router.Rewriting;

/// <summary>
/// Keeps VP8 picture ids and TL0PICIDX continuous over layer switches (RFC 7741 §4.2): each simulcast encoder counts
/// by itself, and a decoder takes a jump for loss. Pure; patches the payload in place.
/// </summary>
public sealed class Vp8Rewriter
{
    private int _pictureIdOffset;
    private int _tl0Offset;
    private int _lastPictureId = -1;
    private int _lastTl0;

    /// <summary>The source changed; <paramref name="payload"/> is the first packet of its key frame.</summary>
    public void SwitchSource(ReadOnlySpan<byte> payload)
    {
        if (_lastPictureId < 0 || !Vp8Descriptor.TryParse(payload, out var descriptor)) return;
        _pictureIdOffset = _lastPictureId + 1 - descriptor.ReadPictureId(payload);
        if (descriptor.Tl0Offset != 0) _tl0Offset = _lastTl0 + 1 - payload[descriptor.Tl0Offset];
    }

    /// <summary>Rewrites one packet in place and returns what was there, for <see cref="Restore"/>.</summary>
    public (int PictureId, byte Tl0) Apply(Span<byte> payload)
    {
        if (!Vp8Descriptor.TryParse(payload, out var descriptor)) return default;
        var pictureId = descriptor.ReadPictureId(payload);
        var mask = descriptor.HasLongPictureId ? 0x7FFF : 0x7F;
        var rewritten = (pictureId + _pictureIdOffset) & mask;
        descriptor.WritePictureId(payload, rewritten);
        byte tl0 = 0;
        if (descriptor.Tl0Offset != 0)
        {
            tl0 = payload[descriptor.Tl0Offset];
            payload[descriptor.Tl0Offset] = (byte)(tl0 + _tl0Offset);
        }

        // Newer in the arithmetic of the id's width: late packets do not move the counters back.
        if (_lastPictureId < 0 || ((rewritten - _lastPictureId) & mask) <= mask / 2)
        {
            _lastPictureId = rewritten;
            if (descriptor.Tl0Offset != 0) _lastTl0 = payload[descriptor.Tl0Offset];
        }

        return (pictureId, tl0);
    }

    /// <summary>Puts the publisher's numbers back, because the payload is shared by all subscribers.</summary>
    public static void Restore(Span<byte> payload, (int PictureId, byte Tl0) original)
    {
        if (!Vp8Descriptor.TryParse(payload, out var descriptor)) return;
        descriptor.WritePictureId(payload, original.PictureId);
        if (descriptor.Tl0Offset != 0) payload[descriptor.Tl0Offset] = original.Tl0;
    }
}
