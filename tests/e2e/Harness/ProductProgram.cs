using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>One program of the product as a process of its own. It can be killed and started again on the same ports and data.</summary>
internal sealed class ProductProgram(
    string name, string service, string assembly, string[] arguments, IReadOnlyList<(string Name, string Value)> environment, Uri health, string folder, ConcurrentQueue<string> log)
{
    private Process? _process;
    private bool _stopped;

    /// <summary>All services in one process.</summary>
    public static ProductProgram AllInOne(int port, int mediaPort, string folder, IReadOnlyList<(string Name, string Value)> environment, ConcurrentQueue<string> log) => new(
        "all-in-one", "all-in-one", "LiveStream.AllInOne.dll", ["--port", $"{port}", "--media-port", $"{mediaPort}", "--data", folder],
        environment, new Uri($"http://localhost:{port}"), folder, log);

    /// <summary>The folder below <c>services</c>; for a further process of one service, with a number.</summary>
    public string Name => name;

    /// <summary>Where it serves HTTP itself.</summary>
    public Uri Address => health;

    public bool Started => _process is not null;

    public int Id => _process!.Id;

    public bool HasExited => _process!.HasExited;

    /// <summary>It ended although nobody asked.</summary>
    public bool EndedEarly => HasExited && !_stopped;

    public int ExitCode => HasExited ? _process!.ExitCode : -1;

    public void Start()
    {
        _stopped = false;
        var start = new ProcessStartInfo("dotnet", [Find(service, assembly), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        Orphans.Add(_process);
        _process.OutputDataReceived += (_, line) => Log(line.Data);
        _process.ErrorDataReceived += (_, line) => Log(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits for <c>/readyz</c>.</summary>
    public async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = health, Timeout = TimeSpan.FromSeconds(2) };
        using var deadline = new CancellationTokenSource(Limits.Patience * 3);
        while (true)
        {
            if (HasExited) throw new InvalidOperationException($"{name} ended with code {ExitCode} before it was ready");
            try
            {
                using var reply = await client.GetAsync(new Uri("/readyz", UriKind.Relative), deadline.Token);
                if (reply.StatusCode == HttpStatusCode.OK) return;
            }
            catch (HttpRequestException) { /* not listening yet */ }
            catch (TaskCanceledException) when (!deadline.IsCancellationRequested) { /* listening, but too busy to answer */ }
            await Task.Delay(50, deadline.Token);
        }
    }

    /// <summary>Without a warning.</summary>
    public async Task KillAsync()
    {
        _stopped = true;
        if (!HasExited) _process!.Kill(entireProcessTree: true);
        await _process!.WaitForExitAsync();
    }

    /// <summary>Sends SIGTERM and returns how long the program took to end; kills it when it takes far too long.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        _stopped = true;
        if (HasExited) return TimeSpan.Zero;
        var watch = Stopwatch.StartNew();
        Processes.Terminate(Id);
        using var deadline = new CancellationTokenSource(Limits.Shutdown * 4);
        try { await _process!.WaitForExitAsync(deadline.Token); }
        catch (OperationCanceledException) { _process!.Kill(entireProcessTree: true); }
        return watch.Elapsed;
    }

    private void Log(string? line)
    {
        if (line is not null) log.Enqueue($"{name}: {line}");
    }

    // The program is built in the same configuration as the tests: …/tests/e2e/bin/<configuration>/<framework>/.
    /// <summary>The built program of a folder below <c>services</c>.</summary>
    public static string Find(string service, string assembly)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (here.Name, here.Parent!.Name);
        var program = Path.Combine(Repository.Root, "services", service, "bin", configuration, framework, assembly);
        return File.Exists(program) ? program : throw new FileNotFoundException($"build services/{service} first", program);
    }
}
