namespace LiveStream.Media;

/// <summary>One coded H.264 picture. WebRTC sends no B pictures, so decode order is presentation order.</summary>
/// <param name="Time">Capture time in 90 kHz ticks since the stream's epoch; strictly increasing within a layer.</param>
/// <param name="IsKeyFrame">True for an IDR picture: decoding can start here.</param>
/// <param name="Parameters">The parameter sets that this picture refers to.</param>
/// <param name="Data">
/// NAL units with 4-byte big-endian lengths (ISO/IEC 14496-15), without parameter sets, access unit delimiters and filler.
/// </param>
public sealed record VideoAccessUnit(long Time, bool IsKeyFrame, VideoParameters Parameters, ReadOnlyMemory<byte> Data);
