using System.Globalization;

using LiveStream.E2E.Tests.Harness;
using LiveStream.Testing;

using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>What a start that cannot succeed says: one line with the reason, and exit code 1.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class StartTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("--config", "typo.json", "typo.json")]
    [InlineData("--public-url", "https://live.example.org/", "PublicUrl")]
    [InlineData("--host", "somewhere", "Address")]
    public async Task WrongSetting_IsNamed(string option, string value, string named)
    {
        var folder = Directory.CreateTempSubdirectory("livestream-e2e-").FullName;
        var last = await FailAsync("--data", folder, option, value);
        Assert.Contains("Cannot start:", last, StringComparison.Ordinal);
        Assert.Contains(named, last, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FolderOfARunningProcess_IsLeftAlone()
    {
        await using var product = await Product.StartAsync(output, Form.OneProcess);
        var last = await FailAsync("--data", product.DataDirectory, "--port", Free(), "--media-port", Free());
        Assert.Contains($"{product.DataDirectory} is in use by another LiveStream", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PortThatIsTaken_IsTold()
    {
        await using var product = await Product.StartAsync(output, Form.OneProcess);
        var folder = Directory.CreateTempSubdirectory("livestream-e2e-").FullName;
        var taken = product.Address.Port.ToString(CultureInfo.InvariantCulture);
        var last = await FailAsync("--data", folder, "--port", taken, "--media-port", Free());
        Assert.Contains("address already in use", last, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("--port", last, StringComparison.Ordinal);
    }

    private static string Free() => FreePort.Take().ToString(CultureInfo.InvariantCulture);

    private async Task<string> FailAsync(params string[] arguments)
    {
        var (exitCode, text, error) = await Processes.RunAsync("dotnet", [ProductProgram.Find("all-in-one", "LiveStream.AllInOne.dll"), .. arguments], Limits.Patience);
        output.WriteLine(text + error);
        Assert.Equal(1, exitCode);
        Assert.Empty(error);
        return text.TrimEnd().Split('\n')[^1];
    }
}
