using LiveStream.Wire.Rtp;

namespace LiveStream.Wire.Tests.Rtp;

public class RtpWriterTests
{
    [Fact]
    public void WriteFixedHeader_RandomFields_ReadBackEqual()
    {
        var random = new Random(1);
        var buffer = new byte[40];
        for (var i = 0; i < 5_000; i++)
        {
            var (marker, extension, padding) = (random.Next(2) == 1, random.Next(2) == 1, random.Next(2) == 1);
            var (type, sequence) = ((byte)random.Next(128), (ushort)random.Next(65536));
            var (timestamp, ssrc) = ((uint)random.NextInt64(1L << 32), (uint)random.NextInt64(1L << 32));

            var size = RtpWriter.WriteFixedHeader(buffer, marker, type, sequence, timestamp, ssrc, extension, padding);
            Assert.Equal(12, size);
            if (extension)
            {
                var elements = new OneByteExtensionWriter(buffer.AsSpan(size));
                elements.Add(3, [7, 8, 9]);
                size += elements.Finish();
            }

            if (padding)
            {
                RtpWriter.WritePadding(buffer.AsSpan(size, 5));
                size += 5;
            }

            Assert.Equal(RtpError.None, RtpPacketView.TryParse(buffer.AsSpan(0, size), out var view));
            Assert.Equal(marker, view.Marker);
            Assert.Equal(type, view.PayloadType);
            Assert.Equal(sequence, view.SequenceNumber);
            Assert.Equal(timestamp, view.Timestamp);
            Assert.Equal(ssrc, view.Ssrc);
            Assert.Equal(padding ? 5 : 0, view.PaddingLength);
            Assert.Equal(extension, view.TryGetExtension(3, out var value));
            Assert.Equal(extension ? [7, 8, 9] : [], value.ToArray());
        }
    }

    [Fact]
    public void WriteFixedHeader_ShortDestination_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RtpWriter.WriteFixedHeader(new byte[11], false, 0, 0, 0, 0, false, false));

    [Fact]
    public void WritePadding_EmptyOrTooLong_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RtpWriter.WritePadding(default));
        Assert.Throws<ArgumentOutOfRangeException>(() => RtpWriter.WritePadding(new byte[256]));
    }
}
