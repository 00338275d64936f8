using Microsoft.Playwright;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// Pictures for the documents. <c>E2E_PICTURES=docs/images ./test.sh PrebuiltTests</c> takes them, with a drawn studio in place of the
/// browser's test picture; without the variable nothing is drawn and nothing written.
/// </summary>
public static class Pictures
{
    private static readonly string? s_folder = Environment.GetEnvironmentVariable("E2E_PICTURES");

    /// <summary>What runs in a tab before the page's own scripts.</summary>
    public static string[] Scripts { get; } = s_folder is null ? [] : ["studio-camera.js"];

    /// <summary>Writes what the tab shows now.</summary>
    public static async Task TakeAsync(IPage page, string name)
    {
        if (s_folder is null) return;
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Repository.Path(s_folder), $"{name}.png") });
    }
}
