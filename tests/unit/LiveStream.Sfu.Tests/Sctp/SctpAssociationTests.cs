using System.Text;
using LiveStream.Sfu.Sctp;
using LiveStream.Testing;

namespace LiveStream.Sfu.Tests.Sctp;

public sealed class SctpAssociationTests
{
    private static readonly SimulatedLinkOptions Rough = new()
    {
        Loss = 0.15,
        Duplicate = 0.1,
        Reorder = 0.2,
        Delay = TimeSpan.FromMilliseconds(20),
        Jitter = TimeSpan.FromMilliseconds(15),
        ReorderDelay = TimeSpan.FromMilliseconds(60),
    };

    [Fact]
    public void Connect_FromBothSidesAtOnce_IsOneAssociation()
    {
        var pair = new SctpPair();
        pair.Server.Channels.Open("a", pair.Now);
        pair.Client.Channels.Open("b", pair.Now);
        Assert.True(pair.RunUntil(() => pair.Server.Opened.Count == 2 && pair.Client.Opened.Count == 2));
        Assert.True(pair.IsConnected);
        Assert.True(pair.Server.Send("to b", "b"));
        Assert.True(pair.Client.Send("to a", "a"));
        pair.RunToTheEnd();
        Assert.Equal([("b", "to b")], pair.Client.Texts);
        Assert.Equal([("a", "to a")], pair.Server.Texts);
        Assert.Empty(pair.Server.Closed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Texts_OverARoughLink_ArriveOnceAndInOrder(int seed)
    {
        var pair = SctpPair.Connected(Rough, seed);
        var random = new Random(seed);
        var toClient = Enumerable.Range(0, 120).Select(i => i + ":" + new string('s', random.Next(i % 10 == 0 ? 20_000 : 300))).ToArray();
        var toServer = Enumerable.Range(0, 120).Select(i => i + ":" + new string('c', random.Next(i % 15 == 0 ? 60_000 : 300))).ToArray();
        var (sentToClient, sentToServer) = (0, 0);
        var done = pair.RunUntil(() =>
        {
            while (sentToClient < toClient.Length && pair.Server.Send(toClient[sentToClient])) sentToClient++;
            while (sentToServer < toServer.Length && pair.Client.Send(toServer[sentToServer])) sentToServer++;
            return pair.Client.Texts.Count == toClient.Length && pair.Server.Texts.Count == toServer.Length;
        });
        Assert.True(done, $"{pair.Client.Texts.Count} and {pair.Server.Texts.Count} texts after {pair.Now}");
        Assert.Equal(toClient, pair.Client.Texts.Select(text => text.Text));
        Assert.Equal(toServer, pair.Server.Texts.Select(text => text.Text));
        pair.RunToTheEnd();
        Assert.Equal((0, 0), (pair.Server.Channels.Buffered, pair.Client.Channels.Buffered));
        Assert.True(pair.IsConnected);
        Assert.Empty(pair.Server.Closed);
    }

    [Fact]
    public void Texts_OverASlowLink_AreSentMoreThanOnceOnlyWhenLost()
    {
        // 1 Mbit/s with a queue of 200 ms: the congestion window has to find that out.
        var pair = SctpPair.Connected(new SimulatedLinkOptions { Delay = TimeSpan.FromMilliseconds(30), BitsPerSecond = 1_000_000 });
        var before = pair.Server.Outgoing.Sent;
        for (var i = 0; i < 4; i++) Assert.True(pair.Server.Send(new string('x', 60_000)));
        Assert.True(pair.RunUntil(() => pair.Client.Texts.Count == 4));
        var packets = pair.Server.Outgoing.Sent - before;
        var needed = 4 * 60_000 / 1132;
        Assert.InRange(packets, needed, 2 * needed);
        Assert.InRange(pair.Now.TotalSeconds, 1.9, 8);
    }

    [Fact]
    public void Packets_OfBothSides_FitIntoADtlsRecordOfTheMtu()
    {
        var pair = SctpPair.Connected();
        Assert.True(pair.Server.Send(new string('x', 60_000)));
        Assert.True(pair.RunUntil(() => pair.Client.Texts.Count == 1));
        Assert.All(pair.Server.Sent.Concat(pair.Client.Sent), packet => Assert.InRange(packet.Length, 16, 1160));
    }

    [Fact]
    public void Send_BufferFull_SaysSoAndTakesMoreLater()
    {
        var pair = SctpPair.Connected();
        var text = new string('x', 50_000);
        var taken = 0;
        while (pair.Server.Send(text)) taken++;
        Assert.Equal(5, taken);
        Assert.True(pair.RunUntil(() => pair.Client.Texts.Count == taken));
        pair.RunToTheEnd();
        Assert.True(pair.Server.Send(text));
    }

    [Fact]
    public void Message_LongerThanAllowed_EndsTheAssociation()
    {
        var pair = SctpPair.Connected(client: new SctpSettings { MaximumMessage = 10_000 });
        Assert.True(pair.Server.Send(new string('x', 10_001)));
        Assert.True(pair.RunUntil(() => pair.Server.Closed.Count == 1));
        Assert.Equal(["chat"], pair.Client.Closed);
        Assert.Empty(pair.Client.Texts);
        Assert.False(pair.Server.Send("more"));
    }

    [Fact]
    public void Message_OfTheLongestSize_Arrives()
    {
        var pair = SctpPair.Connected();
        Assert.True(pair.Client.Send(new string('x', 64 << 10)));
        Assert.True(pair.RunUntil(() => pair.Server.Texts.Count == 1));
        Assert.Equal(64 << 10, pair.Server.Texts[0].Text.Length);
    }

    [Fact]
    public void Peer_FallsSilent_AssociationEndsAfterItsTries()
    {
        var pair = SctpPair.Connected();
        pair.RunToTheEnd();
        pair.Client.Filter = _ => false;
        Assert.True(pair.Server.Send("is anybody there?"));
        pair.RunToTheEnd();
        Assert.Equal(SctpState.Closed, pair.Server.Channels.State);
        Assert.Equal(["chat"], pair.Server.Closed);
        Assert.Null(pair.Server.Channels.NextDue);
    }

    [Fact]
    public void Connect_NobodyAnswers_GivesUp()
    {
        var pair = new SctpPair { Client = { Filter = _ => false } };
        pair.Server.Channels.Open("chat", pair.Now);
        pair.RunToTheEnd();
        Assert.Equal(SctpState.Closed, pair.Server.Channels.State);
        Assert.InRange(pair.Server.Sent.Count, 5, 12);
    }

    [Fact]
    public void Peer_BeginsAnew_ChannelsOpenAgain()
    {
        var pair = SctpPair.Connected();
        pair.RunToTheEnd();
        // A client that has lost its state: the same address, another association.
        pair.Client.Channels = new DataChannels(pair.Client, isDtlsServer: false);
        pair.Client.Channels.Open("new", pair.Now);
        Assert.True(pair.RunUntil(() => pair.Client.Opened.Count(label => label == "chat") == 2 && pair.Server.Opened.Contains("new")));
        Assert.Equal(["chat"], pair.Server.Closed);
        Assert.True(pair.Server.Send("again"));
        Assert.True(pair.RunUntil(() => pair.Client.Texts.Contains(("chat", "again"))));
    }

    [Fact]
    public void Abort_OfThePeer_ClosesTheChannels()
    {
        var pair = SctpPair.Connected();
        pair.Client.Channels.Abort("enough");
        Assert.True(pair.RunUntil(() => pair.Server.Closed.Count == 1));
        Assert.Equal(SctpState.Closed, pair.Server.Channels.State);
    }

    [Fact]
    public void Packets_WithAnotherTagPortOrChecksum_HaveNoEffect()
    {
        var pair = SctpPair.Connected();
        pair.RunToTheEnd();
        var tag = SctpPackets.TagOf(pair.Client.Sent[^1]);
        var abort = SctpPackets.Make(tag, (SctpChunkType.Abort, 0, []));
        byte[] otherTag = SctpPackets.Make(tag + 1, (SctpChunkType.Abort, 0, [])), otherChecksum = [.. abort], otherPort = [.. abort];
        otherChecksum[9] ^= 1;
        otherPort[3] ^= 1;
        SctpChecksum.Write(otherPort);
        foreach (var packet in new[] { otherTag, otherChecksum, otherPort, [], abort[..^1] }) pair.Server.Take(packet);
        Assert.Equal(SctpState.Established, pair.Server.Channels.State);
        pair.Server.Take(abort);
        Assert.Equal(SctpState.Closed, pair.Server.Channels.State);
    }

    [Fact]
    public void Chunks_OfUnknownTypes_AreSkippedStoppedAtAndReportedAsTheirTypeSays()
    {
        var pair = SctpPair.Connected();
        pair.RunToTheEnd();
        var tag = SctpPackets.TagOf(pair.Client.Sent[^1]);
        var heartbeat = (SctpChunkType.Heartbeat, (byte)0, new byte[] { 0, 1, 0, 6, 7, 8 });
        Assert.Equal([[SctpChunkType.HeartbeatAck]], Answers((SctpChunkType)0xBF));
        Assert.Equal([[SctpChunkType.Error], [SctpChunkType.HeartbeatAck]], Answers((SctpChunkType)0xFE));
        Assert.Equal([], Answers((SctpChunkType)0x3E));
        Assert.Equal([[SctpChunkType.Error]], Answers((SctpChunkType)0x7E));

        SctpChunkType[][] Answers(SctpChunkType unknown)
        {
            pair.Server.Sent.Clear();
            pair.Server.Take(SctpPackets.Make(tag, (unknown, 0, [1, 2, 3]), heartbeat));
            return [.. pair.Server.Sent.Select(packet => SctpPackets.Types(packet).ToArray())];
        }
    }

    [Fact]
    public void Shutdown_OfThePeer_IsAnsweredAndEndsTheChannels()
    {
        var pair = SctpPair.Connected();
        pair.RunToTheEnd();
        pair.Server.Sent.Clear();
        pair.Server.Take(SctpPackets.Make(SctpPackets.TagOf(pair.Client.Sent[^1]), (SctpChunkType.Shutdown, 0, new byte[4])));
        Assert.Equal([SctpChunkType.ShutdownAck], SctpPackets.Types(pair.Server.Sent[0]));
        Assert.Equal(["chat"], pair.Server.Closed);
    }

    [Fact]
    public void CookieEcho_WithAnInventedCookie_MakesNoAssociation()
    {
        var pair = new SctpPair();
        pair.Server.Take(SctpPackets.Make(0, (SctpChunkType.Init, 0, SctpPackets.Init(7, 1))));
        var initAck = Assert.Single(pair.Server.Sent);
        Assert.Equal(SctpError.None, SctpPacketView.TryParse(initAck, out var view));
        Assert.True(view.Chunks is var chunks && chunks.TryRead(out var chunk));
        var tag = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(chunk.Value);
        pair.Server.Take(SctpPackets.Make(tag, (SctpChunkType.CookieEcho, 0, new byte[16])));
        Assert.Equal(SctpState.Closed, pair.Server.Channels.State);
        Assert.Single(pair.Server.Sent);
    }

    [Fact]
    public void Checksum_OfKnownBytes_IsTheKnownOne()
    {
        // CRC32c of "123456789" is E3069283; here the text stands around a field of zeros.
        var packet = Encoding.ASCII.GetBytes("12345678\0\0\0\09");
        var plain = packet.ToArray();
        Assert.Equal(Slow(plain), SctpChecksum.Compute(packet));
        Assert.Equal(0xE3069283u, Slow(Encoding.ASCII.GetBytes("123456789")));

        static uint Slow(byte[] bytes)
        {
            var crc = uint.MaxValue;
            foreach (var value in bytes)
            {
                crc ^= value;
                for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78u);
            }

            return ~crc;
        }
    }
}
