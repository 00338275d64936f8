using System.Security.Cryptography;
using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Srtp;

namespace LiveStream.Sfu.Tests.Dtls;

public sealed class DtlsEndpointTests
{
    private static readonly DtlsSettings CounterModeOnly = DtlsSettings.Default with { Profiles = [SrtpProfile.AesCm128HmacSha1_80] };
    private static readonly DtlsSettings GcmOnly = DtlsSettings.Default with { Profiles = [SrtpProfile.AeadAes128Gcm] };

    [Fact]
    public void Handshake_DefaultSettings_BothSidesHaveTheSameGcmKeys()
    {
        using var pair = new DtlsPair();
        pair.Handshake();
        AssertConnected(pair, SrtpProfile.AeadAes128Gcm);
    }

    [Fact]
    public void Handshake_ClientWithoutGcm_FallsBackToCounterMode()
    {
        using var pair = new DtlsPair(clientSettings: CounterModeOnly);
        pair.Handshake();
        AssertConnected(pair, SrtpProfile.AesCm128HmacSha1_80);
    }

    [Fact]
    public void Handshake_ClientPrefersCounterMode_ServerStillPicksGcm()
    {
        var preferring = DtlsSettings.Default with { Profiles = [SrtpProfile.AesCm128HmacSha1_80, SrtpProfile.AeadAes128Gcm] };
        using var pair = new DtlsPair(clientSettings: preferring);
        pair.Handshake();
        AssertConnected(pair, SrtpProfile.AeadAes128Gcm);
    }

    [Fact]
    public void Handshake_NoCommonProfile_FailsWithReason()
    {
        using var pair = new DtlsPair(serverSettings: GcmOnly, clientSettings: CounterModeOnly);
        pair.Handshake();
        Assert.Equal(DtlsState.Failed, pair.Server.State);
        Assert.Contains("SRTP profile", pair.Server.Failure, StringComparison.Ordinal);
        Assert.Null(pair.Server.Keys);
    }

    [Fact]
    public void Handshake_KeysOfEachSide_OpenWhatTheOtherProtects()
    {
        using var pair = new DtlsPair();
        pair.Handshake();
        var (client, server) = (pair.Client.Keys!, pair.Server.Keys!);
        using var sender = SrtpSender.Create(client.Profile, client.ClientKey, client.ClientSalt);
        using var receiver = SrtpReceiver.Create(server.Profile, server.ClientKey, server.ClientSalt);
        var packet = new byte[12 + 100 + sender.RtpOverhead];
        packet[0] = 0x80;
        sender.ProtectRtp(packet, 12, new byte[100], 0);
        var state = default(SrtpReceiveState);
        Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(packet, 12, ref state, out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Handshake_WrongFingerprint_FailsWithReasonAndNoKeys(bool onServer)
    {
        var wrong = new DtlsFingerprint(HashAlgorithmName.SHA256, new byte[32]);
        using var pair = onServer ? new DtlsPair(expectedByServer: wrong) : new DtlsPair(expectedByClient: wrong);
        pair.Handshake();
        var (refusing, refused) = onServer ? (pair.Server, pair.Client) : (pair.Client, pair.Server);
        Assert.Equal(DtlsState.Failed, refusing.State);
        Assert.Contains("fingerprint", refusing.Failure, StringComparison.Ordinal);
        Assert.Null(refusing.Keys);
        // The other side hears of it by an alert.
        Assert.Equal(DtlsState.Failed, refused.State);
        Assert.Null(refused.Keys);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Handshake_OneFlightLost_RecoversByTimer(int lost)
    {
        using var pair = new DtlsPair(DtlsPair.ShortTimers, DtlsPair.ShortTimers);
        var number = 0;
        pair.Handshake(_ => number++ != lost);
        AssertConnected(pair, SrtpProfile.AeadAes128Gcm);
    }

    [Theory]
    [InlineData(71)]
    [InlineData(72)]
    [InlineData(73)]
    [InlineData(74)]
    public void Handshake_AThirdOfAllDatagramsLost_Recovers(int seed)
    {
        var random = new Random(seed);
        using var pair = new DtlsPair(DtlsPair.ShortTimers, DtlsPair.ShortTimers);
        pair.Handshake(_ => random.Next(3) > 0, rounds: 11);
        AssertConnected(pair, SrtpProfile.AeadAes128Gcm);
    }

    [Fact]
    public void Handshake_PeerNeverAnswers_FailsAfterItsRetransmissions()
    {
        using var pair = new DtlsPair(DtlsPair.ShortTimers, DtlsPair.ShortTimers);
        pair.Handshake(_ => false, rounds: 20);
        Assert.Equal(DtlsState.Failed, pair.Client.State);
        Assert.Contains("no answer", pair.Client.Failure, StringComparison.Ordinal);
        Assert.Null(pair.Client.TimeToNextTimeout());
    }

    [Fact]
    public void TimeToNextTimeout_DefaultSettings_IsAQuarterOfASecondForTheFirstFlight()
    {
        using var pair = new DtlsPair(clientSettings: DtlsSettings.Default);
        Assert.Null(pair.Client.TimeToNextTimeout());
        Assert.Null(pair.Server.TimeToNextTimeout());
        pair.Client.Start();
        var left = pair.Client.TimeToNextTimeout();
        Assert.NotNull(left);
        Assert.InRange(left.Value, TimeSpan.Zero, TimeSpan.FromMilliseconds(250));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(130)]
    public void Handshake_ClientHelloInTwoFragments_IsPutTogether(int cut)
    {
        using var pair = new DtlsPair();
        pair.Client.Start();
        foreach (var part in SplitHandshake(pair.ToServer.Dequeue(), cut)) pair.Server.Receive(part);
        pair.Exchange();
        AssertConnected(pair, SrtpProfile.AeadAes128Gcm);
    }

    [Fact]
    public void Handshake_ClientHelloFragmentsSwapped_IsPutTogether()
    {
        using var pair = new DtlsPair();
        pair.Client.Start();
        foreach (var part in SplitHandshake(pair.ToServer.Dequeue(), 80).Reverse()) pair.Server.Receive(part);
        pair.Exchange();
        AssertConnected(pair, SrtpProfile.AeadAes128Gcm);
    }

    [Fact]
    public void Receive_GarbageBeforeTheHandshake_ChangesNothing()
    {
        using var pair = new DtlsPair();
        foreach (var datagram in Garbage(new Random(81), 300)) pair.Server.Receive(datagram);
        Assert.Equal(DtlsState.Handshaking, pair.Server.State);
        Assert.Empty(pair.ToClient);
        pair.Handshake();
        AssertConnected(pair, SrtpProfile.AeadAes128Gcm);
    }

    [Fact]
    public void Receive_GarbageDuringAndAfterTheHandshake_ChangesNothing()
    {
        var random = new Random(82);
        using var pair = new DtlsPair();
        pair.Handshake(_ =>
        {
            foreach (var datagram in Garbage(random, 20))
            {
                pair.Server.Receive(datagram);
                pair.Client.Receive(datagram);
            }

            return true;
        });
        AssertConnected(pair, SrtpProfile.AeadAes128Gcm);
        foreach (var datagram in Garbage(random, 300)) pair.Server.Receive(datagram);
        AssertConnected(pair, SrtpProfile.AeadAes128Gcm);
    }

    [Fact]
    public void Receive_LastFlightAgain_AnswersItAgain()
    {
        using var pair = new DtlsPair(DtlsPair.ShortTimers, DtlsPair.ShortTimers);
        var toServer = new List<byte[]>();
        pair.Client.Start();
        while (pair.ToServer.Count + pair.ToClient.Count > 0)
        {
            while (pair.ToServer.TryDequeue(out var datagram))
            {
                toServer.Add(datagram);
                pair.Server.Receive(datagram);
            }

            // The server's Finished never arrives.
            if (pair.Server.State == DtlsState.Connected) pair.ToClient.Clear();
            while (pair.ToClient.TryDequeue(out var datagram)) pair.Client.Receive(datagram);
        }

        Assert.Equal(DtlsState.Handshaking, pair.Client.State);
        pair.ExpireTimers();
        pair.Exchange();
        AssertConnected(pair, SrtpProfile.AeadAes128Gcm);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Close_Connected_EndsTheOtherSideToo(bool byServer)
    {
        using var pair = new DtlsPair();
        pair.Handshake();
        var (closing, other) = byServer ? (pair.Server, pair.Client) : (pair.Client, pair.Server);
        closing.Close();
        pair.Exchange();
        Assert.Equal(DtlsState.Closed, closing.State);
        Assert.Equal(DtlsState.Closed, other.State);
        Assert.Null(other.Failure);
    }

    [Fact]
    public void Close_DuringTheHandshake_SendsNothing()
    {
        using var pair = new DtlsPair();
        pair.Client.Start();
        pair.ToServer.Clear();
        pair.Client.Close();
        Assert.Empty(pair.ToServer);
        Assert.Equal(DtlsState.Closed, pair.Client.State);
    }

    [Fact]
    public void Receive_AfterDispose_IsIgnored()
    {
        var pair = new DtlsPair();
        pair.Client.Start();
        pair.Server.Dispose();
        pair.Server.Receive(pair.ToServer.Dequeue());
        pair.Server.HandleTimeout();
        pair.Server.Close();
        Assert.Equal(DtlsState.Closed, pair.Server.State);
        Assert.Null(pair.Server.TimeToNextTimeout());
        pair.Dispose();
    }

    [Fact]
    public void Receive_OutputThrows_ExceptionReachesTheCallerAndNotOpenSsl()
    {
        using var endpoint = new DtlsEndpoint(DtlsPair.ClientIdentity, DtlsRole.Client, new byte[32], new ThrowingOutput());
        Assert.Throws<IOException>(endpoint.Start);
    }

    [Fact]
    public void Handshake_EveryDatagram_FitsTheMtu()
    {
        using var pair = new DtlsPair();
        var largest = 0;
        pair.Handshake(datagram =>
        {
            largest = Math.Max(largest, datagram.Length);
            return true;
        });
        Assert.InRange(largest, 1, 1200);
    }

    private static void AssertConnected(DtlsPair pair, SrtpProfile profile)
    {
        Assert.True(pair.Client.State == DtlsState.Connected, $"client {pair.Client.State}: {pair.Client.Failure}");
        Assert.True(pair.Server.State == DtlsState.Connected, $"server {pair.Server.State}: {pair.Server.Failure}");
        var (client, server) = (pair.Client.Keys!, pair.Server.Keys!);
        Assert.Equal(profile, client.Profile);
        Assert.Equal(profile, server.Profile);
        Assert.Equal(client.ClientKey, server.ClientKey);
        Assert.Equal(client.ServerKey, server.ServerKey);
        Assert.Equal(client.ClientSalt, server.ClientSalt);
        Assert.Equal(client.ServerSalt, server.ServerSalt);
        Assert.NotEqual(client.ClientKey, client.ServerKey);
        Assert.Equal(profile.SaltLength(), client.ServerSalt.Length);
    }

    // Random bytes, and records with a sound header around random bytes, plain and of a later epoch.
    private static IEnumerable<byte[]> Garbage(Random random, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var datagram = new byte[random.Next(1, 1400)];
            random.NextBytes(datagram);
            if (i % 2 == 0 && datagram.Length > 13)
            {
                // Not an alert: an unprotected fatal alert ends a handshake by the protocol's own rules.
                byte[] header = [(byte)(i % 4 == 0 ? 23 : 22), 0xFE, 0xFD, 0, (byte)(i % 3 + 1)];
                header.CopyTo(datagram, 0);
                datagram[11] = (byte)((datagram.Length - 13) >> 8);
                datagram[12] = (byte)(datagram.Length - 13);
            }
            else
            {
                datagram[0] = (byte)random.Next(20, 64);
                if (datagram.Length > 2) datagram[1] = (byte)random.Next(0, 0xFD);
            }

            yield return datagram;
        }
    }

    //  record: type 1, version 2, epoch 2, sequence 6, length 2; handshake: type 1, length 3, sequence 2, offset 3, length 3
    private static IEnumerable<byte[]> SplitHandshake(byte[] datagram, int cut)
    {
        const int Record = 13, Message = 12;
        var body = datagram[(Record + Message)..];
        foreach (var (offset, part) in new[] { (0, body[..cut]), (cut, body[cut..]) })
        {
            byte[] fragment = [.. datagram[..(Record + Message)], .. part];
            // A record number that the client itself does not come to, but inside the replay window of 64.
            fragment[10] = (byte)(offset == 0 ? 0 : 60);
            Write(fragment.AsSpan(11, 2), part.Length + Message);
            Write(fragment.AsSpan(Record + 6, 3), offset);
            Write(fragment.AsSpan(Record + 9, 3), part.Length);
            yield return fragment;
        }
    }

    private static void Write(Span<byte> field, int value)
    {
        for (var i = field.Length - 1; i >= 0; i--, value >>= 8) field[i] = (byte)value;
    }

    private sealed class ThrowingOutput : IDtlsOutput
    {
        public void SendDtls(ReadOnlySpan<byte> datagram) => throw new IOException("closed");
    }
}
