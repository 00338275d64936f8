using LiveStream.Sfu.Router.Codecs;
using LiveStream.Testing;

namespace LiveStream.Sfu.Tests.Router;

public sealed class CodecFactsTests
{
    [Theory]
    // Sequence parameter set; IDR slice; both in a STAP-A, also behind a delimiter; first and later fragments of an IDR slice.
    [InlineData(CodecKind.H264, "67 42 e0 1f", true)]
    [InlineData(CodecKind.H264, "65 88 84", true)]
    [InlineData(CodecKind.H264, "78 00 04 67 42 e0 1f 00 02 68 ce", true)]
    [InlineData(CodecKind.H264, "78 00 02 09 10 00 02 65 88", true)]
    [InlineData(CodecKind.H264, "7c 85 88", true)]
    [InlineData(CodecKind.H264, "7c 05 88", false)]
    [InlineData(CodecKind.H264, "7c 81 88", false)]
    [InlineData(CodecKind.H264, "41 9a 00", false)]
    [InlineData(CodecKind.H264, "68 ce", false)]
    [InlineData(CodecKind.H264, "78 00 09 67", false)]
    [InlineData(CodecKind.H264, "78 00 00 00 01 65", false)]
    // Start of partition 0 with a key frame header; an inter frame; a later packet; with all extensions.
    [InlineData(CodecKind.Vp8, "10 10 02 00", true)]
    [InlineData(CodecKind.Vp8, "10 11 02 00", false)]
    [InlineData(CodecKind.Vp8, "00 10 02 00", false)]
    [InlineData(CodecKind.Vp8, "11 10 02 00", false)]
    [InlineData(CodecKind.Vp8, "90 f0 81 23 05 20 10", true)]
    [InlineData(CodecKind.Vp8, "90 f0 81 23 05 20 11", false)]
    [InlineData(CodecKind.Vp8, "90 80 12 10", true)]
    [InlineData(CodecKind.Vp8, "90 f0 81 23 05 20", false)]
    // I, L, B: lowest spatial layer; a higher one; inter-predicted; not the start.
    [InlineData(CodecKind.Vp9, "a8 81 23 00", true)]
    [InlineData(CodecKind.Vp9, "a8 12 02", false)]
    [InlineData(CodecKind.Vp9, "a8 12 00", true)]
    [InlineData(CodecKind.Vp9, "e8 81 23 00", false)]
    [InlineData(CodecKind.Vp9, "a0 81 23 00", false)]
    [InlineData(CodecKind.Vp9, "88 81 23", true)]
    [InlineData(CodecKind.Vp9, "a8 81 23", false)]
    [InlineData(CodecKind.Av1, "18 0a 0b", true)]
    [InlineData(CodecKind.Av1, "10 0a 0b", false)]
    [InlineData(CodecKind.Opus, "fc", true)]
    public void StartsKeyFrame_Samples_AreTold(CodecKind codec, string payload, bool expected) =>
        Assert.Equal(expected, CodecFacts.StartsKeyFrame(codec, Hex.Bytes(payload)));

    [Fact]
    public void StartsKeyFrame_RandomBytes_NeverThrows()
    {
        var random = new Random(2);
        for (var i = 0; i < 50_000; i++)
        {
            var payload = new byte[random.Next(12)];
            random.NextBytes(payload);
            foreach (var codec in Enum.GetValues<CodecKind>()) _ = CodecFacts.StartsKeyFrame(codec, payload);
        }
    }

    [Fact]
    public void Parse_NamesOfAnyCase_AreKnown()
    {
        Assert.Equal(CodecKind.H264, CodecFacts.Parse("h264"));
        Assert.Equal(CodecKind.Opus, CodecFacts.Parse("Opus"));
        Assert.Equal(CodecKind.Unknown, CodecFacts.Parse("red"));
        Assert.Equal(CodecKind.Unknown, CodecFacts.Parse(null));
    }
}
