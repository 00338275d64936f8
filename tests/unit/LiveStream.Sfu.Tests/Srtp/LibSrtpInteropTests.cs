using System.Buffers.Binary;
using LiveStream.Sfu.Srtp;

namespace LiveStream.Sfu.Tests.Srtp;

/// <summary>Both directions against libsrtp 2. Passes without a check where the library is not installed.</summary>
public sealed class LibSrtpInteropTests
{
    private const int Packets = 300, Room = 200;
    private static readonly byte[] Key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] LongSalt = [.. Enumerable.Range(101, 14).Select(i => (byte)i)];

    public static TheoryData<SrtpProfile> Profiles => [SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1_80];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ProtectRtp_AcrossTheWrap_IsOpenedByLibSrtp(SrtpProfile profile)
    {
        if (!LibSrtp.IsInstalled) return;
        using var peer = new LibSrtp(profile, Key, Salt(profile), sending: false);
        using var sender = SrtpSender.Create(profile, Key, Salt(profile));
        var random = new Random(101);
        for (var i = 0; i < Packets; i++)
        {
            var index = (uint)(65_400 + i);
            var plain = Rtp(random, (ushort)index);
            var packet = new byte[plain.Length + Room];
            plain.AsSpan(0, 12).CopyTo(packet);
            var length = sender.ProtectRtp(packet, 12, plain.AsSpan(12), index >> 16);
            Assert.Equal(plain, packet[..peer.Unprotect(packet, length, rtcp: false)]);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtp_FromLibSrtpAcrossTheWrap_GivesThePlainPackets(SrtpProfile profile)
    {
        if (!LibSrtp.IsInstalled) return;
        using var peer = new LibSrtp(profile, Key, Salt(profile), sending: true);
        using var receiver = SrtpReceiver.Create(profile, Key, Salt(profile));
        var state = default(SrtpReceiveState);
        var random = new Random(102);
        for (var i = 0; i < Packets; i++)
        {
            var plain = Rtp(random, (ushort)(65_400 + i));
            var packet = new byte[plain.Length + Room];
            plain.CopyTo(packet, 0);
            var length = peer.Protect(packet, plain.Length, rtcp: false);
            Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(packet.AsSpan(0, length), 12, ref state, out length));
            Assert.Equal(plain, packet[..length]);
        }

        Assert.Equal(1u, state.RolloverCounter);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Rtcp_BothDirections_IsUnderstood(SrtpProfile profile)
    {
        if (!LibSrtp.IsInstalled) return;
        using var peerIn = new LibSrtp(profile, Key, Salt(profile), sending: false);
        using var peerOut = new LibSrtp(profile, Key, Salt(profile), sending: true);
        using var sender = SrtpSender.Create(profile, Key, Salt(profile));
        using var receiver = SrtpReceiver.Create(profile, Key, Salt(profile));
        var random = new Random(103);
        for (var i = 0; i < Packets; i++)
        {
            var plain = new byte[8 + 4 * random.Next(0, 60)];
            random.NextBytes(plain);
            (plain[0], plain[1]) = (0x80, 201);
            BinaryPrimitives.WriteInt32BigEndian(plain.AsSpan(4), i % 3);

            var packet = new byte[plain.Length + Room];
            plain.CopyTo(packet, 0);
            var length = sender.ProtectRtcp(packet, plain.Length);
            Assert.Equal(plain, packet[..peerIn.Unprotect(packet, length, rtcp: true)]);

            plain.CopyTo(packet, 0);
            length = peerOut.Protect(packet, plain.Length, rtcp: true);
            Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtcp(packet.AsSpan(0, length), out length));
            Assert.Equal(plain, packet[..length]);
        }
    }

    private static byte[] Salt(SrtpProfile profile) => LongSalt[..profile.SaltLength()];

    private static byte[] Rtp(Random random, ushort sequenceNumber)
    {
        var packet = new byte[12 + random.Next(1, 1200)];
        random.NextBytes(packet);
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), 0xCAFE);
        return packet;
    }
}
