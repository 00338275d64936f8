using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// The real all-in-one program as a process of its own, on free ports and with a fresh data folder. Each scenario starts one,
/// so none inherits another's room; ending it checks the promise about SIGTERM every time.
/// </summary>
public sealed partial class Product : IAsyncDisposable
{
    private Process _process;
    private readonly ITestOutputHelper _output;
    private readonly (string Name, string Value)[] _settings;
    private readonly ConcurrentQueue<string> _log;
    private bool _stopped;

    private Product(
        Process process, ITestOutputHelper output, (string Name, string Value)[] settings, ConcurrentQueue<string> log, Uri address, int mediaPort, string dataDirectory)
    {
        (_process, _output, _settings, _log) = (process, output, settings, log);
        (Address, MediaPort, DataDirectory) = (address, mediaPort, dataDirectory);
        Http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        Workspace = Workspace.Read(dataDirectory);
        Tokens = new AuthTokens(Workspace);
    }

    /// <summary>Where HTTP is served, on <c>localhost</c>, which browsers treat as a secure origin.</summary>
    public Uri Address { get; }

    /// <summary>UDP and TCP port of the media.</summary>
    public int MediaPort { get; }

    public string DataDirectory { get; }

    public HttpClient Http { get; }

    public Workspace Workspace { get; }

    public AuthTokens Tokens { get; }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Static playback URL of the demo room.</summary>
    public Uri StaticPlaylist => new(Address, $"/hls/{Workspace.CustomerId}/{Workspace.RoomId}/master.m3u8");

    public Uri Whip => new(Address, $"/whip/{Workspace.RoomId}");

    public Uri Whep => new(Address, $"/whep/{Workspace.RoomId}");

    /// <summary>Starts the program, with settings as environment variables (<c>Section__Name</c>), and waits for <c>/readyz</c>.</summary>
    public static async Task<Product> StartAsync(ITestOutputHelper output, params (string Name, string Value)[] settings)
    {
        var dataDirectory = Directory.CreateTempSubdirectory("livestream-e2e-").FullName;
        var (port, mediaPort) = (FreePort(), FreePort());
        var log = new ConcurrentQueue<string>();
        var process = Run(port, mediaPort, dataDirectory, settings, log);
        try
        {
            var address = new Uri($"http://localhost:{port}");
            await WaitUntilReadyAsync(process, address);
            return new Product(process, output, settings, log, address, mediaPort, dataDirectory);
        }
        catch
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            foreach (var line in log) output.WriteLine(line);
            throw;
        }
    }

    /// <summary>Kills the program without a warning, and starts it again on the same ports and data.</summary>
    public async Task KillAndStartAgainAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = Run(Address.Port, MediaPort, DataDirectory, _settings, _log);
        await WaitUntilReadyAsync(_process, Address);
    }

    /// <summary>Address of the web client for a role of the demo room, as it is printed.</summary>
    public Uri MeetingFor(string role, string query = "") => new(Address, $"/meeting/{Workspace.RoomCodes[role]}{query}");

    /// <summary>Address of the try page for a role of the demo room.</summary>
    public string PageFor(string role, string query = "") => new Uri(Address, $"/try/?code={Workspace.RoomCodes[role]}{query}").ToString();

    /// <summary>Sends SIGTERM and returns how long the program took to end; kills it when it takes far too long.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        _stopped = true;
        if (_process.HasExited) return TimeSpan.Zero;
        var watch = Stopwatch.StartNew();
        Processes.Terminate(_process.Id);
        using var deadline = new CancellationTokenSource(Limits.Shutdown * 4);
        try { await _process.WaitForExitAsync(deadline.Token); }
        catch (OperationCanceledException) { _process.Kill(entireProcessTree: true); }
        return watch.Elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        var early = _process.HasExited && !_stopped;
        var took = _stopped ? TimeSpan.Zero : await StopAsync();
        Http.Dispose();
        foreach (var line in _log.TakeLast(300)) _output.WriteLine(line); // the runner shows it when the scenario fails
        var exitCode = _process.HasExited ? _process.ExitCode : -1;
        _process.Dispose();
        Directory.Delete(DataDirectory, recursive: true);
        Assert.False(early, $"the program ended by itself with code {exitCode}");
        Assert.True(took <= Limits.Shutdown, $"SIGTERM took {took}");
    }

    private static Process Run(int port, int mediaPort, string dataDirectory, (string Name, string Value)[] settings, ConcurrentQueue<string> log)
    {
        var start = new ProcessStartInfo("dotnet",
            [FindProgram(), "--port", $"{port}", "--media-port", $"{mediaPort}", "--data", dataDirectory])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = dataDirectory,
        };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        process.OutputDataReceived += (_, line) => log.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => log.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task WaitUntilReadyAsync(Process process, Uri address)
    {
        using var client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(2) };
        using var deadline = new CancellationTokenSource(Limits.Patience * 3);
        while (true)
        {
            if (process.HasExited) throw new InvalidOperationException($"the program ended with code {process.ExitCode} before it was ready");
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

    // The program is built in the same configuration as the tests: …/tests/e2e/bin/<configuration>/<framework>/.
    private static string FindProgram()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (here.Name, here.Parent!.Name);
        var program = Path.Combine(Repository.Root, "services/all-in-one/bin", configuration, framework, "LiveStream.AllInOne.dll");
        return File.Exists(program) ? program : throw new FileNotFoundException("build services/all-in-one first", program);
    }

    // Free for TCP and UDP alike: the media port serves both.
    internal static int FreePort()
    {
        while (true)
        {
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try { udp.Bind(new IPEndPoint(IPAddress.Loopback, port)); }
            catch (SocketException) { continue; }
            return port;
        }
    }
}
