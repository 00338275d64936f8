namespace LiveStream.Wire.Rtp;

/// <summary>Coordination of video orientation (3GPP TS 26.114 §7.4.5): <c>0 0 0 0 C F R1 R0</c>.</summary>
/// <param name="RotationDegrees">0, 90, 180 or 270: the clockwise turn that shows the image upright.</param>
/// <param name="Flip">The F bit: mirrored horizontally.</param>
/// <param name="BackCamera">The C bit: taken by the camera that looks away from the user.</param>
public readonly record struct VideoOrientation(int RotationDegrees, bool Flip, bool BackCamera)
{
    /// <summary>Bytes of the element's data.</summary>
    public const int Size = 1;

    private const byte CameraBit = 0x08, FlipBit = 0x04, RotationMask = 0x03;

    /// <summary>Reads the element's data; false when it is not 1 byte.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out VideoOrientation orientation)
    {
        orientation = default;
        if (value.Length != Size) return false;
        orientation = new VideoOrientation(
            90 * (value[0] & RotationMask),
            (value[0] & FlipBit) != 0,
            (value[0] & CameraBit) != 0);
        return true;
    }

    /// <summary>Writes the element's data and returns its 1 byte.</summary>
    public int Write(Span<byte> destination)
    {
        destination[0] = (byte)((BackCamera ? CameraBit : 0) | (Flip ? FlipBit : 0) | (RotationDegrees / 90 & RotationMask));
        return Size;
    }
}
