using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>Webhooks of the real program, as a server that uses the official package sees them.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class WebhookTests(ITestOutputHelper output)
{
    [Fact]
    public async Task OfficialPackage_AcceptsWhatIsSentAndRefusesWhatWasChanged()
    {
        await using var product = await Product.StartAsync(output, ("Webhooks__AllowedNetworks__0", "127.0.0.0/8"));
        var result = await NodeScript.RunAsync(
            output, "standardwebhooks", "receiver.mjs", [$"http://127.0.0.1:{product.Address.Port}", product.Workspace.RoomId],
            ("MANAGEMENT_TOKEN", product.Tokens.Management()));

        Assert.StartsWith("hls.", result.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.True(result.GetProperty("id").GetBoolean());
        Assert.Equal(3, result.GetProperty("refused").GetInt32());
        Assert.True(result.GetProperty("ed25519").GetBoolean());
        Assert.True(result.GetProperty("ed25519_refused").GetBoolean());
    }
}
