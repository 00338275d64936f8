using LiveStream.Media.H264;

namespace LiveStream.Media.Tests.H264;

public sealed class AccessUnitAssemblerTests
{
    [Theory]
    [InlineData(60)]
    [InlineData(200)]
    [InlineData(1200)]
    public void Push_WholeClip_GivesEverySliceBack(int maxPayload)
    {
        var units = Clip.Assemble(Clip.Packets(maxPayload));

        Assert.Equal(Clip.Pictures, units.Count);
        var slices = Clip.Units().Where(nal => NalUnit.IsSlice(NalUnit.TypeOf(nal))).ToList();
        for (var i = 0; i < units.Count; i++)
        {
            Assert.Equal(i % Clip.KeyFrameEvery == 0, units[i].IsKeyFrame);
            Assert.Equal(slices[i], SliceOf(units[i]));
            Assert.Equal(unchecked(uint.MaxValue - 10_000 + (uint)(i * Clip.TicksPerPicture)), units[i].Timestamp);
        }
    }

    [Fact]
    public void Push_RepeatedParameterSets_KeepOneInstance()
    {
        var units = Clip.Assemble(Clip.Packets(1200));

        Assert.All(units, unit => Assert.Same(units[0].Parameters, unit.Parameters));
        Assert.Equal((160, 90), (units[0].Parameters.Width, units[0].Parameters.Height));
        Assert.StartsWith("avc1.42C0", units[0].Parameters.Codec, StringComparison.Ordinal);
    }

    [Fact]
    public void Push_OnePacketLost_DropsUpToTheNextKeyFrame()
    {
        var packets = Clip.Packets(60);
        for (var lost = 0; lost < packets.Count; lost++)
        {
            var assembler = new AccessUnitAssembler();
            var units = Clip.Assemble(packets.Where((_, i) => i != lost), assembler);

            // Everything before the hole, nothing up to the next key frame, everything from there.
            var hit = (int)((packets[lost].Timestamp - packets[0].Timestamp) / Clip.TicksPerPicture);
            var resume = hit % Clip.KeyFrameEvery == 0 && lost == packets.FindIndex(packet => packet.Timestamp == packets[lost].Timestamp) && hit > 0
                ? hit // the lost packet held repeated parameter sets only: the key frame itself is whole
                : (hit / Clip.KeyFrameEvery * Clip.KeyFrameEvery) + Clip.KeyFrameEvery;
            var expected = Enumerable.Range(0, Clip.Pictures).Where(i => i < hit || i >= resume);
            Assert.Equal(expected, units.Select(unit => (int)((unit.Timestamp - packets[0].Timestamp) / Clip.TicksPerPicture)));
        }
    }

    [Fact]
    public void Push_NoMarker_EndsTheUnitAtTheNextTimestamp()
    {
        var units = Clip.Assemble(Clip.Packets(200).Select(packet => packet with { Marker = false }));

        Assert.Equal(Clip.Pictures - 1, units.Count);
    }

    [Fact]
    public void Push_PaddingOnlyPackets_AreNoLoss()
    {
        var packets = new List<Clip.Packet>();
        foreach (var packet in Clip.Packets(200))
        {
            packets.Add(packet with { Sequence = 2 * packet.Sequence });
            packets.Add(new Clip.Packet((2 * packet.Sequence) + 1, packet.Timestamp, false, []));
        }

        Assert.Equal(Clip.Pictures, Clip.Assemble(packets).Count);
    }

    [Fact]
    public void Push_KeyFrameWithoutParameterSets_IsDroppedAndStillWaitedFor()
    {
        var assembler = new AccessUnitAssembler();
        var slices = Clip.Packets(1200).Where(packet => NalUnit.TypeOf(packet.Payload) != NalUnitType.StapA);
        var units = Clip.Assemble(slices.Select((packet, i) => packet with { Sequence = i }), assembler);

        Assert.Empty(units);
        Assert.True(assembler.WaitingForKeyFrame);
        Assert.Equal(Clip.Pictures, assembler.Dropped);
    }

    [Fact]
    public void Push_AccessUnitBeyondTheLimit_IsDropped()
    {
        var assembler = new AccessUnitAssembler();
        var fragment = new byte[60_000];
        fragment[0] = 0x7C;
        for (var i = 0; i < 80; i++)
        {
            fragment[1] = (byte)(i == 0 ? 0x85 : i == 79 ? 0x45 : 0x05);
            assembler.Push(i, 1, i == 79, fragment);
        }

        Assert.False(assembler.TryTake(out _));
        Assert.Equal(1, assembler.Dropped);
    }

    [Fact]
    public void Push_RandomPayloads_NeverThrowAndGiveWellFormedSamples()
    {
        var random = new Random(7);
        var assembler = new AccessUnitAssembler();
        var packets = Clip.Packets(100);
        for (var i = 0; i < 20_000; i++)
        {
            var packet = packets[random.Next(packets.Count)];
            var payload = packet.Payload.ToArray();
            for (var flips = random.Next(4); flips > 0; flips--) payload[random.Next(Math.Min(payload.Length, 8))] = (byte)random.Next(256);
            assembler.Push(i + (random.Next(50) == 0 ? 1 : 0), (uint)(i / 3), random.Next(3) == 0, payload.AsSpan(0, random.Next(payload.Length + 1)));
            while (assembler.TryTake(out var unit)) SliceOf(unit);
        }
    }

    private static byte[] SliceOf(AssembledAccessUnit unit)
    {
        var reader = new AvccReader(unit.Data.Span);
        byte[]? slice = null;
        while (reader.TryRead(out var nal))
        {
            Assert.True(NalUnit.BelongsInSample(nal));
            if (NalUnit.IsSlice(NalUnit.TypeOf(nal))) slice ??= nal.ToArray();
        }

        Assert.False(reader.Truncated);
        return slice ?? [];
    }
}
