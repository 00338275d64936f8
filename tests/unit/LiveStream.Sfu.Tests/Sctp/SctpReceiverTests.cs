using System.Text;
using LiveStream.Sfu.Sctp;

namespace LiveStream.Sfu.Tests.Sctp;

public sealed class SctpReceiverTests
{
    private const byte Begin = 2, End = 1, Whole = 3;
    private readonly List<string> _messages = [];

    [Fact]
    public void OnData_OutOfOrderAndTwice_DeliversInOrderOnce()
    {
        var receiver = Receiver(9);
        foreach (uint tsn in new uint[] { 12, 11, 12, 13, 10, 10, 11 }) Assert.True(Take(receiver, tsn, Whole, "m" + tsn));
        Assert.Equal(["m10", "m11", "m12", "m13"], _messages);
        Assert.Equal(13u, receiver.Cumulative);
    }

    [Fact]
    public void OnData_AcrossTheWrapOfTheNumbers_GoesOn()
    {
        var receiver = Receiver(uint.MaxValue - 1);
        foreach (var tsn in new[] { 0u, 1u, uint.MaxValue }) Take(receiver, tsn, Whole, "m" + tsn);
        Assert.Equal(["m4294967295", "m0", "m1"], _messages);
    }

    [Fact]
    public void WriteGaps_TellsEachRunBeyondTheGap()
    {
        var receiver = Receiver(100);
        foreach (uint tsn in new uint[] { 103, 104, 107, 109, 110, 111 }) Take(receiver, tsn, Whole, "m");
        Span<byte> gaps = stackalloc byte[16];
        Assert.Equal(3, receiver.WriteGaps(gaps));
        Assert.Equal([0, 3, 0, 4, 0, 7, 0, 7, 0, 9, 0, 11], gaps[..12].ToArray());
    }

    [Fact]
    public void OnData_Fragments_MakeOneMessage()
    {
        var receiver = Receiver(0);
        Take(receiver, 3, End, "c");
        Take(receiver, 1, Begin, "a");
        Take(receiver, 2, 0, "b");
        Assert.Equal(["abc"], _messages);
    }

    [Fact]
    public void OnForward_OverHalfAMessage_DropsItAndItsRest()
    {
        var receiver = Receiver(0);
        Take(receiver, 1, Begin, "a");
        Take(receiver, 5, Whole, "next");
        receiver.OnForward(2);
        Take(receiver, 3, 0, "b");
        Take(receiver, 4, End, "c");
        Assert.Equal(["next"], _messages);
        Assert.Equal(5u, receiver.Cumulative);
        receiver.OnForward(4);
        Assert.Equal(5u, receiver.Cumulative);
    }

    [Fact]
    public void OnData_FarAheadOrBeyondTheWindow_IsNotKept()
    {
        var receiver = Receiver(0);
        Take(receiver, 5000, Whole, "far");
        Assert.Equal(SctpSettings.Default.ReceiveWindow, (int)receiver.Window);
        for (uint tsn = 2; tsn < 2000; tsn++) Take(receiver, tsn, Whole, new string('x', 900));
        Assert.InRange(receiver.Window, 0u, 1100u);
    }

    [Fact]
    public void OnData_FragmentsWithoutEnd_EndAtTheLongestMessage()
    {
        var receiver = Receiver(0);
        Take(receiver, 1, Begin, "x");
        for (uint tsn = 2; tsn < 100; tsn++) Take(receiver, tsn, 0, new string('x', 1000));
        Assert.True(receiver.IsTooLong);
        Assert.Empty(_messages);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(12)]
    public void OnData_WithoutPayload_IsMalformed(int length) => Assert.False(Receiver(0).OnData(Whole, new byte[length]));

    private static bool Take(SctpReceiver receiver, uint tsn, byte flags, string text) =>
        receiver.OnData(flags, SctpPackets.Data(tsn, 1, Encoding.ASCII.GetBytes(text)));

    private SctpReceiver Receiver(uint last) => new(last, SctpSettings.Default, new User(_messages));

    private sealed class User(List<string> messages) : ISctpUser
    {
        public void SendPacket(ReadOnlySpan<byte> packet) => Assert.Fail("nothing to send");

        public void OnConnected() => Assert.Fail("no set-up");

        public void OnMessage(ushort stream, uint payloadProtocol, ReadOnlySpan<byte> message) => messages.Add(Encoding.ASCII.GetString(message));

        public void OnStreamReset(ushort stream) => Assert.Fail("no reset");

        public void OnClosed(string reason) => Assert.Fail(reason);
    }
}
