using LiveStream.Sfu.Router.Codecs;
using LiveStream.Sfu.Router.Rewriting;

namespace LiveStream.Sfu.Tests.Rewriting;

public sealed class Vp8RewriterTests
{
    [Theory]
    [InlineData(true, 0x7FFF)]
    [InlineData(false, 0x7F)]
    public void Apply_SwitchAfterThePictureIdWrapped_GoesOnWithTheNextId(bool wide, int mask)
    {
        var rewriter = new Vp8Rewriter();
        var written = 0;
        for (var id = mask - 10; id < mask + 60; id++)
        {
            var payload = Payload(wide, id & mask, (byte)id, key: false);
            rewriter.Apply(payload);
            written = Read(payload).PictureId;
        }

        var first = Payload(wide, 5, 200, key: true);
        rewriter.SwitchSource(first);
        rewriter.Apply(first);
        Assert.Equal((written + 1) & mask, Read(first).PictureId);
    }

    [Fact]
    public void Apply_RandomSourcesAndOrder_IdsGoOnOverSwitchesAndRestoreGivesBackEveryByte()
    {
        var random = new Random(3);
        var rewriter = new Vp8Rewriter();
        int last = -1, lastTl0 = 0;
        for (var source = 0; source < 50; source++)
        {
            var (id, tl0) = (random.Next(0x8000), (byte)random.Next(256));
            for (var frame = 0; frame < 200; frame++, id = (id + 1) & 0x7FFF, tl0++)
            {
                var payload = Payload(true, id, tl0, key: frame == 0);
                var before = payload.ToArray();
                if (frame == 0) rewriter.SwitchSource(payload);
                var original = rewriter.Apply(payload);
                var now = Read(payload);
                if (last >= 0)
                {
                    Assert.Equal((last + 1) & 0x7FFF, now.PictureId);
                    Assert.Equal((byte)(lastTl0 + 1), now.Tl0);
                }

                (last, lastTl0) = now;
                Vp8Rewriter.Restore(payload, original);
                Assert.Equal(before, payload);
            }
        }
    }

    [Fact]
    public void Apply_RandomBytes_NeverThrowsAndRestoreGivesBackEveryByte()
    {
        var random = new Random(4);
        var rewriter = new Vp8Rewriter();
        for (var i = 0; i < 20_000; i++)
        {
            var payload = new byte[random.Next(9)];
            random.NextBytes(payload);
            var before = payload.ToArray();
            if (i % 7 == 0) rewriter.SwitchSource(payload);
            Vp8Rewriter.Restore(payload, rewriter.Apply(payload));
            Assert.Equal(before, payload);
        }
    }

    [Fact]
    public void Apply_LatePacket_KeepsItsDistance()
    {
        var rewriter = new Vp8Rewriter();
        byte[] One(int id) => Payload(true, id, (byte)id, key: false);
        foreach (var id in new[] { 100, 101, 103 }) rewriter.Apply(One(id));
        var late = One(102);
        rewriter.Apply(late);
        Assert.Equal(102, Read(late).PictureId);
        var next = Payload(true, 9, 9, key: true);
        rewriter.SwitchSource(next);
        rewriter.Apply(next);
        Assert.Equal(104, Read(next).PictureId);
    }

    private static byte[] Payload(bool wide, int id, byte tl0, bool key) => wide
        ? [0x90, 0xE0, (byte)(0x80 | (id >> 8)), (byte)id, tl0, 0x00, (byte)(key ? 0 : 1), 7]
        : [0x90, 0xE0, (byte)id, tl0, 0x00, (byte)(key ? 0 : 1), 7];

    private static (int PictureId, byte Tl0) Read(byte[] payload)
    {
        Assert.True(Vp8Descriptor.TryParse(payload, out var descriptor));
        return (descriptor.ReadPictureId(payload), payload[descriptor.Tl0Offset]);
    }
}
