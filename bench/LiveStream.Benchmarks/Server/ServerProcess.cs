using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using LiveStream.Testing;

namespace LiveStream.Benchmarks.Server;

/// <summary>What the server writes on first start.</summary>
internal sealed record Workspace(
    [property: JsonPropertyName("customer_id")] string CustomerId,
    [property: JsonPropertyName("access_key")] string AccessKey,
    [property: JsonPropertyName("secret")] string Secret,
    [property: JsonPropertyName("room_id")] string RoomId);

/// <summary>The whole product as a process of its own, on free loopback ports and a folder that goes away with it.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90), StopLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly string _data;
    private readonly bool _ownsData;
    private readonly List<string> _log;

    private ServerProcess(Process process, string data, bool ownsData, List<string> log, Uri baseAddress)
    {
        (_process, _data, _ownsData, _log) = (process, data, ownsData, log);
        Http = new HttpClient { BaseAddress = baseAddress, Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Keys and demo room.</summary>
    public Workspace Workspace { get; private set; } = null!;

    /// <summary>A client of its HTTP port.</summary>
    public HttpClient Http { get; }

    /// <summary>Its data folder.</summary>
    public string Data => _data;

    /// <summary>
    /// Starts the server, with further settings as environment variables, and waits until it serves. A data folder that is given
    /// stays where it is.
    /// </summary>
    public static async Task<ServerProcess> StartAsync(
        string dll, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var data = folder ?? Directory.CreateTempSubdirectory("livestream-bench-").FullName;
        var (port, mediaPort) = (FreePort.Take(), FreePort.Take());
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { dll, "--port", $"{port}", "--media-port", $"{mediaPort}", "--data", data },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var log = new List<string>();
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(log, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(log, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new ServerProcess(process, data, folder is null, log, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await server.WaitReadyAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The build of the all-in-one program in this repository, Release first.</summary>
    public static string FindProgram()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (!File.Exists(Path.Combine(directory.FullName, "LiveStream.sln"))) continue;
            foreach (var configuration in (string[])["Release", "Debug"])
            {
                var path = Path.Combine(directory.FullName, "services", "all-in-one", "bin", configuration, "net10.0", "LiveStream.AllInOne.dll");
                if (File.Exists(path)) return path;
            }
        }
        throw new FileNotFoundException("LiveStream.AllInOne.dll is not built: run dotnet build -c Release services/all-in-one.");
    }

    /// <summary>A token for a role in the demo room.</summary>
    public string Token(string role) =>
        AuthToken.ForRole(Workspace.AccessKey, Workspace.Secret, Workspace.RoomId, role, $"bench-{role}", DateTimeOffset.UtcNow);

    /// <summary>The server's metrics now.</summary>
    public async Task<ServerMetrics> ReadMetricsAsync(CancellationToken cancellationToken) =>
        ServerMetrics.Parse(await Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken));

    /// <summary>The last lines that the server printed.</summary>
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

    /// <summary>Ends the server by SIGTERM, or by force after ten seconds, and removes its folder.</summary>
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
        if (_ownsData) Directory.Delete(_data, recursive: true);
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
                if (reply.IsSuccessStatusCode) break;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await Task.Delay(100, limit.Token);
        }
        await using var file = File.OpenRead(Path.Combine(_data, "workspace.json"));
        Workspace = await JsonSerializer.DeserializeAsync<Workspace>(file, cancellationToken: limit.Token)
            ?? throw new InvalidOperationException("workspace.json is empty.");
    }

    private static void Keep(List<string> log, string? line)
    {
        if (line is null) return;
        lock (log)
        {
            if (log.Count == 40) log.RemoveAt(0);
            log.Add(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
