using System.Net;
using System.Net.Sockets;
using LiveStream.E2E.Tests.Harness;

namespace LiveStream.E2E.Tests.HarnessTests;

public sealed class GarbageSenderTests
{
    [Fact]
    public void Next_ManyDatagrams_CoverEveryKindThatTheDemultiplexerKnows()
    {
        var sender = new GarbageSender(new IPEndPoint(IPAddress.Loopback, 9), seed: 1);
        HashSet<string> kinds = [];
        for (var i = 0; i < 5000; i++)
            kinds.Add(sender.Next() switch
            {
                [] => "empty",
                [<= 3, _, _, _, 0x21, 0x12, 0xA4, 0x42, ..] => "stun",
                [>= 20 and <= 63, ..] => "dtls",
                [>= 128 and <= 191, >= 192 and <= 223, ..] => "rtcp",
                [>= 128 and <= 191, ..] => "rtp",
                _ => "unknown",
            });
        Assert.Superset(new HashSet<string> { "stun", "dtls", "rtcp", "rtp", "unknown" }, kinds);
    }

    [Fact]
    public async Task Send_ForAWhile_KeepsTheRate()
    {
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var sent = await new GarbageSender((IPEndPoint)receiver.LocalEndPoint!, seed: 2).SendAsync(2000, TimeSpan.FromMilliseconds(500), default);

        Assert.InRange(sent, 1, 1000);
        Assert.True(receiver.Available > 0);
    }
}
