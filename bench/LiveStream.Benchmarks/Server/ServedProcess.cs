using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LiveStream.Benchmarks.Server;

/// <summary>A server as a child process on loopback, which answers <c>GET /readyz</c> with 200 when it serves and ends by SIGTERM.</summary>
internal sealed partial class ServedProcess : IAsyncDisposable
{
    private const int SigTerm = 15, LogLines = 40;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90), StopLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly List<string> _log = [];

    private ServedProcess(ProcessStartInfo start, int port)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>A client of its HTTP port.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts a program and waits until it serves at the port that its arguments name.</summary>
    /// <exception cref="InvalidOperationException">It ended; with its last lines.</exception>
    public static async Task<ServedProcess> StartAsync(ProcessStartInfo start, int port, CancellationToken cancellationToken)
    {
        var served = new ServedProcess(start, port);
        try
        {
            await served.WaitReadyAsync(cancellationToken);
            return served;
        }
        catch
        {
            await served.DisposeAsync();
            throw;
        }
    }

    /// <summary>The last lines that it printed.</summary>
    public string LogEnd()
    {
        lock (_log) return string.Join('\n', _log);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it by SIGTERM, or by force after ten seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, SigTerm);
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        Http.Dispose();
        _process.Dispose();
    }

    private async Task WaitReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException($"The server ended at start:\n{LogEnd()}");
            try
            {
                using var reply = await Http.GetAsync(new Uri("/readyz", UriKind.Relative), limit.Token);
                if (reply.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await Task.Delay(100, limit.Token);
        }
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_log)
        {
            if (_log.Count == LogLines) _log.RemoveAt(0);
            _log.Add(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
