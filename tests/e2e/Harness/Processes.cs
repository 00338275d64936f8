using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>Signals, children and output of processes.</summary>
public static class Processes
{
    private const int SigTerm = 15, SigKill = 9, SigStop = 19, SigContinue = 18;

    public static void Terminate(int processId) => Send(processId, SigTerm);

    public static void Kill(int processId) => Send(processId, SigKill);

    /// <summary>It runs no further until <see cref="Thaw"/>, and keeps its connections.</summary>
    public static void Freeze(int processId) => Send(processId, SigStop);

    public static void Thaw(int processId) => Send(processId, SigContinue);

    /// <summary>Direct children whose command name is <paramref name="name"/>, by <c>/proc</c>.</summary>
    public static IReadOnlyList<int> ChildrenOf(int parent, string name)
    {
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id)) continue;
            string stat;
            try { stat = File.ReadAllText(Path.Combine(directory, "stat")); }
            catch (IOException) { continue; } // the process has ended meanwhile
            // pid (name) state ppid …; the name may hold anything, so the last parenthesis counts.
            var close = stat.LastIndexOf(')');
            var fields = stat[(close + 2)..].Split(' ');
            if (fields[0] != "Z" && stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..close] == name
                && int.Parse(fields[1], CultureInfo.InvariantCulture) == parent)
                found.Add(id);
        }

        return found;
    }

    /// <summary>Runs a tool to its end and returns what it wrote.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string file, IEnumerable<string> arguments, TimeSpan timeout)
    {
        var (exitCode, output, error) = await RunForBytesAsync(file, arguments, timeout);
        return (exitCode, Encoding.UTF8.GetString(output), error);
    }

    /// <summary>Runs a tool to its end; its standard output is binary.</summary>
    public static async Task<(int ExitCode, byte[] Output, string Error)> RunForBytesAsync(string file, IEnumerable<string> arguments, TimeSpan timeout)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{file} did not start");
        using var deadline = new CancellationTokenSource(timeout);
        using var output = new MemoryStream();
        var copying = process.StandardOutput.BaseStream.CopyToAsync(output, deadline.Token);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            await copying;
            return (process.ExitCode, output.ToArray(), await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{file} did not end within {timeout}");
        }
    }

    /// <summary>True when the tool is on the path.</summary>
    public static bool Exists(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, tool)));

    private static void Send(int processId, int signal)
    {
        if (kill(processId, signal) != 0) throw new InvalidOperationException($"kill({processId}, {signal}): errno {Marshal.GetLastPInvokeError()}");
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int pid, int signal);
}
