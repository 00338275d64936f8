using System.Buffers.Binary;
using System.Text;
using LiveStream.Sfu.Sctp;

namespace LiveStream.Sfu.Tests.Sctp;

public sealed class DataChannelsTests
{
    [Fact]
    public void Open_FromEitherSide_IsKnownToBothByItsLabel()
    {
        var pair = SctpPair.Connected();
        pair.Client.Channels.Open("grüße", pair.Now);
        Assert.True(pair.RunUntil(() => pair.Server.Opened.Contains("grüße")));
        Assert.True(pair.Client.Send("hin", "grüße"));
        Assert.True(pair.Server.Send("her", "grüße"));
        Assert.True(pair.Server.Send(""));
        pair.RunToTheEnd();
        Assert.Equal([("grüße", "hin")], pair.Server.Texts);
        Assert.Equal([("grüße", "her"), ("chat", "")], pair.Client.Texts);
    }

    [Fact]
    public void Open_Twice_IsOnce()
    {
        var pair = SctpPair.Connected();
        pair.Server.Channels.Open("chat", pair.Now);
        pair.RunToTheEnd();
        Assert.Equal(["chat"], pair.Client.Opened);
    }

    [Fact]
    public void Open_MoreThanAllowed_ClosesTheLast()
    {
        var pair = SctpPair.Connected();
        for (var i = 0; i < DataChannels.MaximumChannels; i++) pair.Client.Channels.Open("c" + i, pair.Now);
        pair.RunToTheEnd();
        Assert.Equal(DataChannels.MaximumChannels, pair.Server.Opened.Count);
        Assert.True(pair.IsConnected);
    }

    [Fact]
    public void SendText_UnknownLabel_IsRefused()
    {
        var pair = SctpPair.Connected();
        Assert.False(pair.Server.Send("x", "other"));
    }

    [Fact]
    public void StreamReset_OfThePeer_ClosesBothHalvesAndLeavesTheOthers()
    {
        var pair = SctpPair.Connected();
        pair.Server.Channels.Open("stays", pair.Now);
        pair.RunToTheEnd();
        // The last acknowledgement of the client names its next request number: the one of its first TSN, as it has sent no request.
        var tag = SctpPackets.TagOf(pair.Client.Sent[^1]);
        var (number, lastTsn) = RequestNumber(pair);
        pair.Server.Sent.Clear();
        pair.Server.Take(Reset(tag, number, lastTsn + 1, 1));
        Assert.Equal(6u, Result(pair.Server.Sent[0]));
        Assert.Empty(pair.Server.Closed);

        pair.Server.Sent.Clear();
        pair.Server.Take(Reset(tag, number, lastTsn, 1));
        Assert.Equal(["chat"], pair.Server.Closed);
        // The answer, and the request for this side's half.
        Assert.Contains(pair.Server.Sent, packet => Parameter(packet) == SctpParameter.OutgoingReset);
        Assert.Contains(pair.Server.Sent, packet => Parameter(packet) == SctpParameter.ReConfigResponse && Result(packet) == 1);
        Assert.True(pair.RunUntil(() => pair.Client.Closed.Contains("chat")));
        pair.RunToTheEnd();
        Assert.True(pair.Server.Send("goes on", "stays"));
        Assert.True(pair.RunUntil(() => pair.Client.Texts.Count == 1));

        // A repeated request gets the same answer and closes nothing again; one out of turn is refused.
        pair.Server.Sent.Clear();
        pair.Server.Take(Reset(tag, number, lastTsn, 1));
        pair.Server.Take(Reset(tag, number + 7, lastTsn, 3));
        Assert.Equal([1u, 5u], pair.Server.Sent.Select(Result));
        Assert.Equal(["chat"], pair.Server.Closed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("03")]
    [InlineData("0300000000000000FFFF0000")]
    [InlineData("030000000000000000010000FF")]
    [InlineData("0300000000000000000200004142")]
    [InlineData("04000000000000000000000000")]
    public void TryReadOpen_AnyBytes_NeverThrows(string hex)
    {
        var opened = DcepMessage.TryReadOpen(Convert.FromHexString(hex), out var label);
        Assert.Equal(opened ? "AB" : "", label);
    }

    [Fact]
    public void Dcep_OnAStreamOfThisSidesParity_OpensNothing()
    {
        var pair = SctpPair.Connected();
        pair.RunToTheEnd();
        var (_, lastTsn) = RequestNumber(pair);
        pair.Server.Take(SctpPackets.Make(
            SctpPackets.TagOf(pair.Client.Sent[^1]),
            (SctpChunkType.Data, 3, SctpPackets.Data(lastTsn + 1, 7, DcepMessage.Open("theirs"), PayloadProtocol.Dcep)),
            (SctpChunkType.Data, 3, SctpPackets.Data(lastTsn + 2, 8, Encoding.ASCII.GetBytes("\u0003garbage"), PayloadProtocol.Dcep)),
            (SctpChunkType.Data, 3, SctpPackets.Data(lastTsn + 3, 100, Encoding.ASCII.GetBytes("nobody's")))));
        Assert.Equal(["chat"], pair.Server.Opened);
        Assert.Empty(pair.Server.Texts);
        Assert.Equal(SctpState.Established, pair.Server.Channels.State);
    }

    // From the client's INIT ACK: its first TSN, where its requests begin too; and the last TSN that it has used, from the server's last SACK.
    private static (uint Request, uint LastTsn) RequestNumber(SctpPair pair)
    {
        var initAck = pair.Client.Sent.First(packet => SctpPackets.Types(packet).Contains(SctpChunkType.InitAck));
        var sack = pair.Server.Sent.LastOrDefault(packet => SctpPackets.Types(packet).Contains(SctpChunkType.Sack));
        var request = BinaryPrimitives.ReadUInt32BigEndian(initAck.AsSpan(12 + 4 + 12));
        return (request, sack is null ? request - 1 : BinaryPrimitives.ReadUInt32BigEndian(sack.AsSpan(12 + 4)));
    }

    private static byte[] Reset(uint tag, uint number, uint lastTsn, ushort stream)
    {
        var fields = new byte[14];
        BinaryPrimitives.WriteUInt32BigEndian(fields, number);
        BinaryPrimitives.WriteUInt32BigEndian(fields.AsSpan(8), lastTsn);
        BinaryPrimitives.WriteUInt16BigEndian(fields.AsSpan(12), stream);
        var value = new byte[20];
        SctpPacketWriter.Parameter(value, SctpParameter.OutgoingReset, fields);
        return SctpPackets.Make(tag, (SctpChunkType.ReConfig, 0, value));
    }

    private static ushort Parameter(byte[] packet) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(16));

    private static uint Result(byte[] packet) => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(16 + 8));
}
