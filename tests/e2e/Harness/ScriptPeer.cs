using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>A peer that is not a browser, or a server: a script of <c>tests/interop</c> that reports JSON lines on its standard output.</summary>
public sealed class ScriptPeer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ITestOutputHelper _output;
    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();
    private readonly List<string> _errors = [];
    private readonly Task _reading;

    private ScriptPeer(Process process, ITestOutputHelper output)
    {
        (_process, _output) = (process, output);
        process.ErrorDataReceived += (_, line) => { lock (_errors) _errors.Add(line.Data ?? ""); };
        process.BeginErrorReadLine();
        _reading = ReadAsync();
    }

    /// <summary>Debian's interpreter: it is the one that the python3-* packages belong to.</summary>
    public const string Python = "/usr/bin/python3";

    /// <summary>Why a script of this kind cannot run here, or null.</summary>
    public static string? MissingFor(string folder)
    {
        var module = folder == "gstreamer" ? "gi" : "aiortc";
        if (!File.Exists(Python)) return $"{Python} is absent";
        return Directory.Exists($"/usr/lib/python3/dist-packages/{module}") ? null : $"the Python module {module} is absent";
    }

    /// <summary>Starts <c>tests/interop/{folder}/{script}</c>.</summary>
    public static ScriptPeer Start(ITestOutputHelper output, string folder, string script, Uri url, string token, params string[] more)
    {
        var path = Repository.Path($"tests/interop/{folder}/{script}");
        var process = Process.Start(new ProcessStartInfo(Python, ["-u", path, "--url", url.ToString(), "--token", token, .. more])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"{Python} did not start");
        return new ScriptPeer(process, output);
    }

    /// <summary>Starts <c>tests/interop/{folder}/{script}</c> by Node.js.</summary>
    public static ScriptPeer StartNode(
        ITestOutputHelper output, string folder, string script, string[] arguments, params (string Name, string Value)[] environment)
    {
        var directory = Repository.Path($"tests/interop/{folder}");
        Assert.True(Directory.Exists(Path.Combine(directory, "node_modules")), $"run npm ci in {directory} first");
        var start = new ProcessStartInfo("node", [Path.Combine(directory, script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new ScriptPeer(Process.Start(start) ?? throw new InvalidOperationException("node did not start"), output);
    }

    /// <summary>The next event of that name; events before it are passed over.</summary>
    public async Task<JsonElement> WaitForAsync(string name, TimeSpan? timeout = null)
    {
        using var deadline = new CancellationTokenSource(timeout ?? Limits.Patience);
        try
        {
            await foreach (var item in _events.Reader.ReadAllAsync(deadline.Token))
                if (item.GetProperty("event").GetString() == name) return item;
        }
        catch (OperationCanceledException) { /* told below */ }

        Assert.Fail($"the peer did not report {name}; standard error: {Errors()}");
        throw new InvalidOperationException(); // not reached
    }

    /// <summary>Closes the script's standard input, upon which it says goodbye and ends.</summary>
    public async Task<int> FinishAsync()
    {
        _process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Limits.Patience);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Ends the script without a goodbye.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _output.WriteLine($"[{_process.StartInfo.ArgumentList.First(argument => !argument.StartsWith('-'))}] {Errors()}");
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith('{')) _events.Writer.TryWrite(JsonDocument.Parse(line).RootElement);
            else lock (_errors) _errors.Add(line);
        }

        _events.Writer.Complete();
    }

    private string Errors()
    {
        lock (_errors) return string.Join("\n", _errors.TakeLast(40));
    }
}
