using System.Net;
using LiveStream.Sfu.Udp;

namespace LiveStream.Sfu.Tests.Udp;

public sealed class SocketAddressValueTests
{
    [Theory]
    [InlineData("127.0.0.1", 1)]
    [InlineData("255.254.253.252", 65535)]
    [InlineData("::1", 7882)]
    [InlineData("2001:db8:1:2:3:4:5:6", 443)]
    [InlineData("::ffff:10.1.2.3", 5000)]
    public unsafe void ToNative_AnyAddress_ReadsBackAsTheSame(string address, int port)
    {
        var value = SocketAddressValue.FromEndPoint(new IPEndPoint(IPAddress.Parse(address), port));
        var native = stackalloc byte[28];
        var length = value.ToNative(native);
        Assert.Equal(value.Family == 2 ? 16u : 28u, length);
        Assert.Equal(value, SocketAddressValue.FromNative(native));
        var text = IPAddress.Parse(address) is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : IPAddress.Parse(address);
        Assert.Equal(new IPEndPoint(text, port).ToString(), value.ToString());
    }

    [Fact]
    public unsafe void FromNative_OtherFamily_IsTheDefault()
    {
        var native = stackalloc byte[28];
        *(ushort*)native = 1;
        Assert.Equal(default, SocketAddressValue.FromNative(native));
    }

    [Fact]
    public void ForConnection_Number_IsNoAddress()
    {
        var key = SocketAddressValue.ForConnection(77);
        Assert.True(key.IsConnection);
        Assert.NotEqual(key, SocketAddressValue.ForConnection(78));
        Assert.False(SocketAddressValue.FromEndPoint(new IPEndPoint(IPAddress.Loopback, 77)).IsConnection);
    }
}
