using LiveStream.Sfu.Transports;
using LiveStream.Wire.Rtcp;

namespace LiveStream.Sfu.Tests.Transports;

/// <summary>Which packets are left out before they are decrypted.</summary>
public sealed class RtcpHandlerTests
{
    private const int Overhead = 20;

    private readonly byte[] _packet = new byte[400];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void IsTransportFeedback_FeedbackAlone_WithAndWithoutPadding(int packets)
    {
        var length = WriteFeedback(_packet, packets);
        Assert.True(RtcpHandler.IsTransportFeedback(_packet.AsSpan(0, length + Overhead), Overhead));
    }

    [Fact]
    public void IsTransportFeedback_SomethingBehindIt_IsRead()
    {
        var length = WriteFeedback(_packet, 3);
        length += RtcpWriter.WritePli(_packet.AsSpan(length), 1, 2);
        Assert.False(RtcpHandler.IsTransportFeedback(_packet.AsSpan(0, length + Overhead), Overhead));
    }

    [Fact]
    public void IsTransportFeedback_OtherMessages_AreRead()
    {
        Assert.False(Is(RtcpWriter.WriteGenericNack(_packet, 1, 2, [5, 6])));
        Assert.False(Is(RtcpWriter.WritePli(_packet, 1, 2)));
        Assert.False(Is(RtcpWriter.WriteReceiverReport(_packet, 1, [])));
    }

    [Fact]
    public void IsTransportFeedback_CutShort_IsNot()
    {
        var length = WriteFeedback(_packet, 3);
        for (var i = 0; i < length + Overhead; i++) Assert.False(RtcpHandler.IsTransportFeedback(_packet.AsSpan(0, i), Overhead));
    }

    private bool Is(int length) => RtcpHandler.IsTransportFeedback(_packet.AsSpan(0, length + Overhead), Overhead);

    private static int WriteFeedback(Span<byte> destination, int packets)
    {
        var arrivals = Enumerable.Range(0, packets).Select(i => 1_000_000L + (i * 2_000)).ToArray();
        return RtcpWriter.WriteTransportFeedback(destination, 1, 2, 0, 100, arrivals, out _);
    }
}
