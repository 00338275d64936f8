using LiveStream.Sfu.Srtp;

namespace LiveStream.Sfu.Tests.Srtp;

public sealed class SrtpReceiveStateTests
{
    [Fact]
    public void Estimate_FirstPacket_HasRolloverCounterZero()
    {
        var state = default(SrtpReceiveState);
        Assert.Equal(SrtpResult.Ok, state.Estimate(65_535, out var index));
        Assert.Equal(65_535ul, index);
    }

    [Fact]
    public void Estimate_SequenceNumberWraps_CountsOneTurnMore()
    {
        var state = Started(0xFFFE);
        Assert.Equal(SrtpResult.Ok, state.Estimate(1, out var index));
        Assert.Equal(0x10001ul, index);
    }

    [Fact]
    public void Estimate_LatePacketFromBeforeTheWrap_BelongsToTheTurnBefore()
    {
        var state = Started(0x3_0002);
        Assert.Equal(SrtpResult.Ok, state.Estimate(0xFFFF, out var index));
        Assert.Equal(0x2_FFFFul, index);
    }

    [Fact]
    public void Estimate_PacketFromBeforeTheFirstTurn_ReturnsTooOld()
    {
        var state = Started(2);
        Assert.Equal(SrtpResult.TooOld, state.Estimate(0xFFFF, out _));
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void Estimate_ReorderedOverManyTurns_AlwaysFindsTheTrueIndex(int seed)
    {
        var random = new Random(seed);
        var state = Started(40_000);
        var sent = 40_000ul;
        while (sent < 6 * 65_536)
        {
            sent += (ulong)random.Next(1, 200);
            var index = sent - (ulong)random.Next(0, 900);
            var verdict = state.Estimate((ushort)index, out var estimate);
            Assert.NotEqual(SrtpResult.TooOld, verdict);
            Assert.Equal(index, estimate);
            if (verdict == SrtpResult.Ok) state.Accept(estimate);
        }

        Assert.True(state.RolloverCounter >= 5);
    }

    private static SrtpReceiveState Started(ulong index)
    {
        var state = default(SrtpReceiveState);
        state.Accept(index);
        return state;
    }
}
