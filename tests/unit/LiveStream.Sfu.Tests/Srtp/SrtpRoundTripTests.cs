using System.Buffers.Binary;
using LiveStream.Sfu.Srtp;
using LiveStream.Sfu.Srtp.Ciphers;

namespace LiveStream.Sfu.Tests.Srtp;

/// <summary>Sender against receiver, for both profiles and over all paths.</summary>
public sealed class SrtpRoundTripTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] LongSalt = [.. Enumerable.Range(101, 14).Select(i => (byte)i)];

    public static TheoryData<SrtpProfile> Profiles => [SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1_80];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void EveryPath_SamePacket_SameBytes(SrtpProfile profile)
    {
        var random = new Random(41);
        for (var round = 0; round < 400; round++)
        {
            var header = Header(random, (ushort)random.Next(), 12 + 4 * random.Next(0, 16));
            var payload = new byte[random.Next(0, 1400)];
            random.NextBytes(payload);
            var rollover = (uint)random.Next();
            byte[]? first = null;
            foreach (var path in Enum.GetValues<CipherPath>().Where(SrtpCiphers.IsSupported))
            {
                using var sender = new SrtpSender(SrtpCiphers.Create(profile, Key, Salt(profile), path));
                var packet = Protect(sender, header, payload, rollover);
                Assert.Equal(header, packet[..header.Length]);
                first ??= (byte[])packet.Clone();
                Assert.Equal(first, packet);

                using var receiver = new SrtpReceiver(SrtpCiphers.Create(profile, Key, Salt(profile), path));
                var state = default(SrtpReceiveState);
                // Puts the state into the turn that the packet belongs to.
                state.Accept(((ulong)rollover << 16) | (ushort)(BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2)) ^ 0x40));
                Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(packet, header.Length, ref state, out var length));
                Assert.Equal(payload, packet[header.Length..length]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtp_AnyByteChanged_FailsAndChangesNothing(SrtpProfile profile)
    {
        using var sender = SrtpSender.Create(profile, Key, Salt(profile));
        using var receiver = SrtpReceiver.Create(profile, Key, Salt(profile));
        var packet = Protect(sender, Header(new Random(51), 1000, 20), new byte[333], 0);
        var state = default(SrtpReceiveState);
        state.Accept(999);
        for (var i = 0; i < packet.Length; i++)
        {
            var changed = (byte[])packet.Clone();
            changed[i] ^= (byte)(1 << (i % 8));
            var before = (byte[])changed.Clone();
            var result = receiver.UnprotectRtp(changed, 20, ref state, out var length);
            // A changed sequence number may already be refused as too old.
            Assert.True(result == SrtpResult.AuthenticationFailed || (i is 2 or 3 && result != SrtpResult.Ok), $"byte {i}: {result}");
            Assert.Equal(0, length);
            Assert.Equal(before, changed);
            Assert.Equal(999ul, state.HighestIndex);
        }

        Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(packet, 20, ref state, out _));
        Assert.Equal(1000ul, state.HighestIndex);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtp_SamePacketTwice_ReturnsReplayed(SrtpProfile profile)
    {
        using var sender = SrtpSender.Create(profile, Key, Salt(profile));
        using var receiver = SrtpReceiver.Create(profile, Key, Salt(profile));
        var packet = Protect(sender, Header(new Random(52), 7, 12), [1, 2, 3], 0);
        var state = default(SrtpReceiveState);
        Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp((byte[])packet.Clone(), 12, ref state, out _));
        Assert.Equal(SrtpResult.Replayed, receiver.UnprotectRtp(packet, 12, ref state, out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtp_StreamAcrossTheWrapOutOfOrder_OpensEveryPacket(SrtpProfile profile)
    {
        using var sender = SrtpSender.Create(profile, Key, Salt(profile));
        using var receiver = SrtpReceiver.Create(profile, Key, Salt(profile));
        var state = default(SrtpReceiveState);
        var random = new Random(53);
        ulong[] order = [.. Enumerable.Range(65_500, 100).Select(i => (ulong)i)];
        foreach (var block in order.Chunk(10))
        {
            random.Shuffle(block);
            foreach (var index in block)
            {
                var header = Header(random, (ushort)index, 12);
                var packet = Protect(sender, header, BitConverter.GetBytes(index), (uint)(index >> 16));
                Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(packet, 12, ref state, out var length));
                Assert.Equal(index, BitConverter.ToUInt64(packet, 12));
                Assert.Equal(20, length);
            }
        }

        Assert.Equal(1u, state.RolloverCounter);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtp_EveryShorterPacket_ReturnsTooShortOrFails(SrtpProfile profile)
    {
        using var sender = SrtpSender.Create(profile, Key, Salt(profile));
        using var receiver = SrtpReceiver.Create(profile, Key, Salt(profile));
        var packet = Protect(sender, Header(new Random(54), 7, 12), new byte[40], 0);
        var state = default(SrtpReceiveState);
        for (var length = 0; length < packet.Length; length++)
        {
            var expected = length < 12 + sender.RtpOverhead ? SrtpResult.TooShort : SrtpResult.AuthenticationFailed;
            Assert.Equal(expected, receiver.UnprotectRtp(packet.AsSpan(0, length), 12, ref state, out _));
        }
    }

    [Fact]
    public void ProtectRtp_PacketSpanTooSmall_Throws()
    {
        using var sender = SrtpSender.Create(SrtpProfile.AeadAes128Gcm, Key, Salt(SrtpProfile.AeadAes128Gcm));
        Assert.Throws<ArgumentException>(() => sender.ProtectRtp(new byte[12 + 10 + 15], 12, new byte[10], 0));
        Assert.Throws<ArgumentException>(() => sender.ProtectRtp(new byte[100], 11, new byte[10], 0));
    }

    [Fact]
    public void ProtectRtp_AfterDispose_Throws()
    {
        var sender = SrtpSender.Create(SrtpProfile.AeadAes128Gcm, Key, Salt(SrtpProfile.AeadAes128Gcm));
        sender.Dispose();
        Assert.Throws<ObjectDisposedException>(() => sender.ProtectRtp(new byte[100], 12, new byte[10], 0));
    }

    [Fact]
    public void Create_WrongLengthsOrProfile_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SrtpSender.Create(SrtpProfile.AeadAes128Gcm, Key, new byte[14]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SrtpSender.Create(SrtpProfile.AeadAes128Gcm, new byte[15], new byte[12]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SrtpReceiver.Create(SrtpProfile.None, Key, []));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ProtectAndUnprotect_WarmedUp_AllocateNothing(SrtpProfile profile)
    {
        using var sender = SrtpSender.Create(profile, Key, Salt(profile));
        using var receiver = SrtpReceiver.Create(profile, Key, Salt(profile));
        var random = new Random(55);
        var packet = new byte[1500];
        var payload = new byte[1100];
        var state = default(SrtpReceiveState);
        var header = Header(random, 0, 12);
        long before = 0;
        for (var i = 0; i < 2000; i++)
        {
            if (i == 1000) before = GC.GetAllocatedBytesForCurrentThread();
            header.CopyTo(packet, 0);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)i);
            var length = sender.ProtectRtp(packet, 12, payload, 0);
            receiver.UnprotectRtp(packet.AsSpan(0, length), 12, ref state, out _);
            length = sender.ProtectRtcp(packet, 28);
            receiver.UnprotectRtcp(packet.AsSpan(0, length), out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] Salt(SrtpProfile profile) => LongSalt[..profile.SaltLength()];

    private static byte[] Header(Random random, ushort sequenceNumber, int length)
    {
        var header = new byte[length];
        random.NextBytes(header);
        header[0] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), sequenceNumber);
        return header;
    }

    private static byte[] Protect(SrtpSender sender, byte[] header, byte[] payload, uint rollover)
    {
        var packet = new byte[header.Length + payload.Length + sender.RtpOverhead];
        header.CopyTo(packet, 0);
        Assert.Equal(packet.Length, sender.ProtectRtp(packet, header.Length, payload, rollover));
        return packet;
    }
}
