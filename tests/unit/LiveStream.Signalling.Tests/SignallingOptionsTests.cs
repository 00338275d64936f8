using LiveStream.Signalling.Tests.Fakes;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling.Tests;

public sealed class SignallingOptionsTests
{
    [Theory]
    [InlineData("http://stun.example.net")]
    [InlineData("stun:a>b")]
    [InlineData("")]
    public async Task Start_IceServerOutsideTheUriForm_StopsTheHost(string url) =>
        await Assert.ThrowsAsync<OptionsValidationException>(
            () => SignallingHost.StartAsync(o => o.IceServers.Add(new IceServerOptions { Url = url })));

    [Fact]
    public async Task Start_LimitOutOfRange_NamesTheRange()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => SignallingHost.StartAsync(o => o.MaxBodyBytes = 1));
        Assert.Contains("between 1024 and 1048576", failure.Message, StringComparison.Ordinal);
    }
}
