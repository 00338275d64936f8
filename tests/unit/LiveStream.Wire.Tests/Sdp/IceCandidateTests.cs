using LiveStream.Wire.Sdp;

namespace LiveStream.Wire.Tests.Sdp;

public class IceCandidateTests
{
    [Theory]
    [InlineData("1 1 udp 2130706431 203.0.113.141 8998 typ host")]
    [InlineData("2 1 udp 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998")]
    [InlineData("1 1 udp 2130706431 2001:db8::1 8998 typ host")]
    [InlineData("4 1 tcp 2105524479 192.0.2.1 9 typ host tcptype active")]
    [InlineData("842163049 1 udp 1677729535 9e6a1c0e-7f0b-4d5f-8a52-2f2a3a7f5b11.local 46154 typ host generation 0 ufrag 4Gf5 network-cost 999")]
    public void TryParse_WellFormed_WritesBackEqual(string text)
    {
        Assert.True(IceCandidate.TryParse(text, out var candidate));
        Assert.Equal(text, candidate.ToString());
        Assert.True(IceCandidate.TryParse("candidate:" + text, out var prefixed));
        Assert.Equal(candidate, prefixed);
        Assert.True(IceCandidate.TryParse("a=candidate:" + text, out prefixed));
        Assert.Equal(candidate, prefixed);
    }

    [Fact]
    public void TryParse_ReflexiveCandidate_ReadsEveryField()
    {
        Assert.True(IceCandidate.TryParse("2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 10.0.1.1 rport 8998 generation 0 tcptype so", out var c));
        Assert.Equal("2", c.Foundation);
        Assert.Equal(1, c.Component);
        Assert.Equal("udp", c.Transport);
        Assert.Equal(1694498815u, c.Priority);
        Assert.Equal("192.0.2.3", c.Address);
        Assert.Equal(45664, c.Port);
        Assert.Equal("srflx", c.Type);
        Assert.Equal("10.0.1.1", c.RelatedAddress);
        Assert.Equal(8998, c.RelatedPort);
        Assert.Equal("so", c.TcpType);
        Assert.Equal("generation 0", c.Extensions);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("candidate:")]
    [InlineData("1 1 udp 2130706431 203.0.113.141 8998 host host")]
    [InlineData("1 0 udp 2130706431 203.0.113.141 8998 typ host")]
    [InlineData("1 257 udp 2130706431 203.0.113.141 8998 typ host")]
    [InlineData("1 1 udp -1 203.0.113.141 8998 typ host")]
    [InlineData("1 1 udp 4294967296 203.0.113.141 8998 typ host")]
    [InlineData("1 1 udp 1 203.0.113.141 65536 typ host")]
    [InlineData("1 1 udp 1 203.0.113.141 1 typ host raddr")]
    [InlineData("1 1 udp 1 203.0.113.141 1 typ srflx raddr 1.2.3.4 rport x")]
    [InlineData("not-ice-chars 1 udp 1 203.0.113.141 1 typ host")]
    [InlineData("123456789012345678901234567890123 1 udp 1 203.0.113.141 1 typ host")]
    [InlineData("1 1 udp 1 203.0.113.141 1 typ host\r\na=x y")]
    public void TryParse_Malformed_IsRefused(string? text) => Assert.False(IceCandidate.TryParse(text, out _));

    [Fact]
    public void TryParse_Overlong_IsRefused() =>
        Assert.False(IceCandidate.TryParse("1 1 udp 1 203.0.113.141 1 typ host x " + new string('y', 1024), out _));
}
