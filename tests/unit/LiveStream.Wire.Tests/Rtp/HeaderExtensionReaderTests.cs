using LiveStream.Wire.Rtp;

namespace LiveStream.Wire.Tests.Rtp;

public class HeaderExtensionReaderTests
{
    [Fact]
    public void TryRead_OneByteForm_SkipsPaddingBetweenElements()
    {
        // The layout of the example in RFC 8285 §4.2: lengths 1, 2 and 4 with padding after the second.
        Assert.Equal(["1:AA", "2:BBCC", "3:11223344"], Read(0xBEDE, "10AA 21BBCC 0000 33 11223344"));
    }

    [Fact]
    public void TryRead_TwoByteForm_KnowsEmptyElementsAndSkipsPadding()
    {
        // The layout of the example in RFC 8285 §4.3: lengths 0, 1 and 4 with padding after the second.
        Assert.Equal(["1:", "2:BB", "200:11223344"], Read(0x1000, "0100 0201BB 00 C804 11223344"));
        Assert.Equal(["1:"], Read(0x100F, "0100"));
    }

    [Fact]
    public void TryRead_OneByteId15_StopsThere() => Assert.Equal(["1:AA"], Read(0xBEDE, "10AA F0BB 20CC"));

    [Fact]
    public void TryRead_OneByteId0WithLength_StopsThere() => Assert.Equal(["1:AA"], Read(0xBEDE, "10AA 01 20CC"));

    [Theory]
    [InlineData(0xBEDE, "10AA 23BBCC")]
    [InlineData(0x1000, "0101AA 0203BBCC")]
    [InlineData(0x1000, "0101AA 02")]
    public void TryRead_LastElementCutShort_IsLeftOut(int profile, string hex) =>
        Assert.Equal(["1:AA"], Read((ushort)profile, hex));

    [Fact]
    public void TryRead_OtherProfile_ReadsNothing() => Assert.Empty(Read(0x1234, "10AA"));

    [Fact]
    public void TryRead_RandomBytes_NeverThrows()
    {
        var random = new Random(20);
        for (var i = 0; i < 20_000; i++)
        {
            var data = HexBytes.Random(random, 40);
            var elements = new HeaderExtensionReader(i % 2 == 0 ? (ushort)0xBEDE : (ushort)0x1000, data);
            var total = 0;
            while (elements.TryRead(out _, out var value)) total += 1 + value.Length;
            Assert.InRange(total, 0, data.Length);
        }
    }

    private static List<string> Read(ushort profile, string hex)
    {
        var list = new List<string>();
        var elements = new HeaderExtensionReader(profile, HexBytes.Of(hex));
        while (elements.TryRead(out var id, out var value)) list.Add($"{id}:{Convert.ToHexString(value)}");
        return list;
    }
}
