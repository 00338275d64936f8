using System.Buffers.Binary;
using LiveStream.Sfu.Srtp;
using LiveStream.Sfu.Srtp.Ciphers;

namespace LiveStream.Sfu.Tests.Srtp;

public sealed class SrtcpTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] LongSalt = [.. Enumerable.Range(101, 14).Select(i => (byte)i)];

    public static TheoryData<SrtpProfile> Profiles => [SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1_80];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtcp_RandomPacketsOverAllPaths_GivesThePlainPackets(SrtpProfile profile)
    {
        var random = new Random(61);
        foreach (var sending in Enum.GetValues<CipherPath>().Where(SrtpCiphers.IsSupported))
        {
            foreach (var receiving in Enum.GetValues<CipherPath>().Where(SrtpCiphers.IsSupported))
            {
                using var sender = new SrtpSender(SrtpCiphers.Create(profile, Key, Salt(profile), sending));
                using var receiver = new SrtpReceiver(SrtpCiphers.Create(profile, Key, Salt(profile), receiving));
                for (var i = 0; i < 100; i++)
                {
                    var plain = new byte[8 + random.Next(0, 300)];
                    random.NextBytes(plain);
                    var packet = Protect(sender, plain);
                    Assert.Equal(plain[..8], packet[..8]);
                    Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtcp(packet, out var length));
                    Assert.Equal(plain, packet[..length]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtcp_AnyByteChanged_FailsAndLeavesTheWindow(SrtpProfile profile)
    {
        using var sender = SrtpSender.Create(profile, Key, Salt(profile));
        using var receiver = SrtpReceiver.Create(profile, Key, Salt(profile));
        var packet = Protect(sender, new byte[60]);
        for (var i = 0; i < packet.Length; i++)
        {
            var changed = (byte[])packet.Clone();
            changed[i] ^= 0x80;
            Assert.Equal(SrtpResult.AuthenticationFailed, receiver.UnprotectRtcp(changed, out _));
        }

        Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtcp((byte[])packet.Clone(), out _));
        Assert.Equal(SrtpResult.Replayed, receiver.UnprotectRtcp(packet, out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtcp_EveryShorterPacket_ReturnsTooShortOrFails(SrtpProfile profile)
    {
        using var sender = SrtpSender.Create(profile, Key, Salt(profile));
        using var receiver = SrtpReceiver.Create(profile, Key, Salt(profile));
        var packet = Protect(sender, new byte[60]);
        for (var length = 0; length < packet.Length; length++)
        {
            var result = receiver.UnprotectRtcp(packet.AsSpan(0, length), out _);
            Assert.Equal(length < 8 + sender.RtcpOverhead ? SrtpResult.TooShort : SrtpResult.AuthenticationFailed, result);
        }
    }

    [Fact]
    public void UnprotectRtcp_SendersCountEachForItself_KeepsAWindowPerSsrc()
    {
        using var receiver = SrtpReceiver.Create(SrtpProfile.AeadAes128Gcm, Key, Salt(SrtpProfile.AeadAes128Gcm));
        for (uint ssrc = 1; ssrc <= 10; ssrc++)
        {
            // A fresh sender starts at the same index again.
            using var sender = SrtpSender.Create(SrtpProfile.AeadAes128Gcm, Key, Salt(SrtpProfile.AeadAes128Gcm));
            var plain = new byte[16];
            BinaryPrimitives.WriteUInt32BigEndian(plain.AsSpan(4), ssrc);
            var packet = Protect(sender, plain);
            Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtcp((byte[])packet.Clone(), out _));
            Assert.Equal(SrtpResult.Replayed, receiver.UnprotectRtcp(packet, out _));
        }
    }

    [Fact]
    public void SrtcpReplayTable_MoreSsrcsThanItHolds_ForgetsTheOneSilentLongest()
    {
        var table = new SrtcpReplayTable();
        for (uint ssrc = 0; ssrc < SrtcpReplayTable.Capacity; ssrc++) table.Accept(ssrc, 5);
        table.Accept(0, 6);
        table.Accept(1_000_000, 1);
        Assert.Equal(SrtcpReplayTable.Capacity, table.Count);
        Assert.Equal(SrtpResult.Replayed, table.Check(0, 5));
        Assert.Equal(SrtpResult.Ok, table.Check(1, 5));
        Assert.Equal(SrtpResult.Replayed, table.Check(2, 5));
    }

    private static byte[] Salt(SrtpProfile profile) => LongSalt[..profile.SaltLength()];

    private static byte[] Protect(SrtpSender sender, byte[] plain)
    {
        var packet = new byte[plain.Length + sender.RtcpOverhead];
        plain.CopyTo(packet, 0);
        Assert.Equal(packet.Length, sender.ProtectRtcp(packet, plain.Length));
        return packet;
    }
}
