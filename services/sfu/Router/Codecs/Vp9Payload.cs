namespace LiveStream.Sfu.Router.Codecs;

/// <summary>VP9 payload descriptor as far as forwarding reads it (RFC 9628 §4.2).</summary>
internal static class Vp9Payload
{
    private const int InterPicturePredicted = 0x40, LayerIndicesPresent = 0x20, StartOfFrame = 0x08, PictureIdPresent = 0x80, ExtendedPictureId = 0x80, SpatialIdMask = 0x0E;

    /// <summary>True for the start of the lowest spatial layer of a picture that is not inter-predicted.</summary>
    public static bool StartsKeyFrame(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return false;
        var first = payload[0];
        if ((first & InterPicturePredicted) != 0 || (first & StartOfFrame) == 0) return false;
        if ((first & LayerIndicesPresent) == 0) return true;
        var offset = 1;
        if ((first & PictureIdPresent) != 0)
        {
            if (payload.Length <= offset) return false;
            offset += (payload[offset] & ExtendedPictureId) != 0 ? 2 : 1;
        }

        return payload.Length > offset && (payload[offset] & SpatialIdMask) == 0;
    }
}
