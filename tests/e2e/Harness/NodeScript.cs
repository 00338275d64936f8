using System.Diagnostics;
using System.Text.Json;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>A script of <c>tests/interop</c> for Node.js that ends by itself and prints a line of JSON last.</summary>
public static class NodeScript
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(4);

    /// <summary>Runs it; what it printed last. Fails the test, with its output, when it ends otherwise than with 0.</summary>
    public static async Task<JsonElement> RunAsync(
        ITestOutputHelper output, string folder, string script, string[] arguments, params (string Name, string Value)[] environment)
    {
        var directory = Repository.Path($"tests/interop/{folder}");
        Assert.True(Directory.Exists(Path.Combine(directory, "node_modules")), $"run npm ci in {directory} first");
        var start = new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in new[] { "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy" }) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start");
        var (text, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var deadline = new CancellationTokenSource(s_limit);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{script} did not end within {s_limit}");
        }

        var lines = (await text).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (process.ExitCode != 0)
        {
            foreach (var line in lines.TakeLast(40)) output.WriteLine(line);
            output.WriteLine(await errors);
        }

        Assert.True(process.ExitCode == 0, $"{script} ended with {process.ExitCode}");
        return JsonDocument.Parse(lines[^1]).RootElement;
    }
}
