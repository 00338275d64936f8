using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>The REST interface of the real program, as the platform's published server SDK and a public validator see it.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class ServerSdkTests(ITestOutputHelper output)
{
    private const string Folder = "server-sdk";

    [Theory]
    [InlineData("base-url", Form.AsTheRunSays)]
    [InlineData("proxy", Form.SixServices)]
    public async Task UnmodifiedSdk_WorksAgainstTheProgram(string mode, Form form)
    {
        await using var product = await Product.StartAsync(output, form);
        var address = AddressOf(product);
        List<(string, string)> environment = [("HMS_ACCESS_KEY", product.Workspace.AccessKey), ("HMS_SECRET", product.Workspace.Secret)];
        if (mode == "proxy") environment.Add(("HTTPS_PROXY", address));

        var result = await NodeScript.RunAsync(output, Folder, "scenario.mjs", [mode, address], [.. environment]);

        Assert.Equal(mode, result.GetProperty("mode").GetString());
        Assert.Equal(250, result.GetProperty("rooms").GetInt32());
        Assert.Equal(5, result.GetProperty("codes").GetInt32());
        Assert.Equal(2, result.GetProperty("streams").GetInt32());
    }

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task ApiDocument_PassesAPublicValidator(Form form)
    {
        await using var product = await Product.StartAsync(output, form);
        var result = await NodeScript.RunAsync(output, Folder, "validate-openapi.mjs", [AddressOf(product)]);
        Assert.True(result.GetProperty("calls").GetInt32() > 40);
    }

    private static string AddressOf(Product product) => $"http://127.0.0.1:{product.Address.Port}";
}
