using System.Buffers.Binary;
using LiveStream.Sfu.Router;

namespace LiveStream.Sfu.Tests.Router;

public sealed class PacketCacheTests
{
    [Fact]
    public void TryStore_RandomNumbers_HoldsExactlyTheNewestOfEachSlot()
    {
        var random = new Random(1);
        using var cache = new PacketCache(64);
        var model = new Dictionary<long, (long Number, byte[] Payload)>();
        long top = 65_500;
        for (var i = 0; i < 20_000; i++)
        {
            var number = Math.Max(0, (top += random.Next(3)) - random.Next(100));
            var payload = new byte[random.Next(PacketCache.MaximumPayload + 1)];
            random.NextBytes(payload);
            var fresh = !model.TryGetValue(number % 64, out var held) || held.Number < number;
            Assert.Equal(fresh, cache.TryStore(new PacketFacts { SequenceNumber = number }, payload));
            if (fresh) model[number % 64] = (number, payload);
            if (i % 100 != 0) continue;
            foreach (var (known, content) in model.Values)
            {
                Assert.True(cache.Contains(known));
                Assert.Equal(content, cache.Payload(known).ToArray());
            }
        }
    }

    [Fact]
    public void TryStore_TooLong_IsRefused()
    {
        using var cache = new PacketCache(8);
        Assert.False(cache.TryStore(new PacketFacts { SequenceNumber = 1 }, new byte[PacketCache.MaximumPayload + 1]));
        Assert.False(cache.Contains(1));
    }

    [Fact]
    public void SetPadding_LargestPayload_LastOctetCountsAndThePayloadStays()
    {
        using var cache = new PacketCache(8);
        var payload = Enumerable.Repeat((byte)7, PacketCache.MaximumPayload).ToArray();
        for (var number = 0; number < 8; number++) cache.TryStore(new PacketFacts { SequenceNumber = number }, payload);
        for (var padding = 0; padding <= PacketCache.MaximumPadding; padding++)
        {
            cache.SetPadding(3, padding);
            var padded = cache.Payload(3);
            Assert.Equal(payload.Length + padding, padded.Length);
            Assert.True(padded[..payload.Length].SequenceEqual(payload));
            if (padding > 0) Assert.Equal(padding, padded[^1]);
            Assert.Equal(payload, cache.Payload(4).ToArray());
        }

        // Retransmissions leave the padding out.
        Assert.Equal(2 + payload.Length, cache.RtxPayload(3).Length);
        BinaryPrimitives.WriteUInt16BigEndian(cache.RtxPayload(4), 0xABCD);
        Assert.Equal(payload.Length + PacketCache.MaximumPadding, cache.Payload(3).Length);
        Assert.Equal(PacketCache.MaximumPadding, cache.Payload(3)[^1]);
        Assert.Equal(payload, cache.RtxPayload(4)[2..].ToArray());
    }

    [Fact]
    public void SentPackets_RingTurnsOver_OnlyTheNewestAreFoundAndNotTwiceWithinARoundTrip()
    {
        var sent = new SentPackets(16);
        for (var i = 0; i < 100; i++) sent.Add(i, i + 1000, 2, (uint)i);
        Assert.False(sent.TryGet(83, 0, 10_000, out _));
        Assert.True(sent.TryGet(84, 0, 10_000, out var packet));
        Assert.Equal((1084L, (byte)2, 84u), (packet.Source, packet.Layer, packet.Timestamp));
        Assert.False(sent.TryGet(84, 9_000, 10_000, out _));
        Assert.True(sent.TryGet(84, 12_000, 10_000, out _));
        Assert.False(sent.TryGet(-1, 0, 10_000, out _));
        Assert.False(sent.TryGet(100, 0, 10_000, out _));
        sent.Clear();
        Assert.False(sent.TryGet(99, 0, 10_000, out _));
        Assert.False(new SentPackets(0).TryGet(0, 0, 0, out _));
    }
}
