using System.Diagnostics;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// A product that somebody else started: <c>E2E_URL</c> is where its gateway is reached, <c>E2E_KEYS</c> a folder with its
/// <c>workspace.json</c>, and <c>E2E_CONTROL</c> a command that takes <c>kill NAME</c> and <c>start NAME</c> of a service.
/// </summary>
internal sealed record RunningProduct(Uri Address, string KeysFolder, string? Control)
{
    private static readonly TimeSpan s_controlLimit = TimeSpan.FromSeconds(60);

    /// <summary>The one that the run names; null when it names none.</summary>
    public static RunningProduct? Find()
    {
        if (Environment.GetEnvironmentVariable("E2E_URL") is not { Length: > 0 } url) return null;
        var keys = Environment.GetEnvironmentVariable("E2E_KEYS");
        return keys is { Length: > 0 }
            ? new RunningProduct(new Uri(url), keys, Environment.GetEnvironmentVariable("E2E_CONTROL"))
            : throw new InvalidOperationException("E2E_URL needs E2E_KEYS beside it");
    }

    /// <summary>Kills or starts one of its services.</summary>
    public async Task ControlAsync(string verb, string service)
    {
        if (string.IsNullOrEmpty(Control)) throw new InvalidOperationException($"{verb} {service} needs E2E_CONTROL");
        using var process = Process.Start(new ProcessStartInfo(Control, [verb, service])) ?? throw new InvalidOperationException($"{Control} did not start");
        using var limit = new CancellationTokenSource(s_controlLimit);
        await process.WaitForExitAsync(limit.Token);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{Control} {verb} {service} ended with code {process.ExitCode}");
    }
}
