using System.Diagnostics;
using System.Globalization;

namespace LiveStream.Rpc.Tests.Interop;

/// <summary>A script of <c>tests/interop/grpc</c>, run by Node.js.</summary>
internal sealed class GrpcJs : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private bool _ended;

    private GrpcJs(Process process) => (_process, _errors) = (process, process.StandardError.ReadToEndAsync());

    public static GrpcJs Start(string script, params string[] arguments)
    {
        var folder = FindFolder();
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules")), $"run npm ci in {folder} first");
        var start = new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The package would send calls to loopback through a proxy too.
        foreach (var name in new[] { "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "grpc_proxy" }) start.Environment.Remove(name);
        return new GrpcJs(Process.Start(start) ?? throw new InvalidOperationException("node did not start"));
    }

    /// <summary>The next line that it prints. Fails the test, with its errors, when there is none.</summary>
    public async Task<string> ReadLineAsync()
    {
        using var limit = new CancellationTokenSource(s_limit);
        if (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line) return line;
        Assert.Fail(await _errors);
        return "";
    }

    /// <summary>The first line, for a server: its address.</summary>
    public async Task<Uri> ReadAddressAsync() => new($"http://127.0.0.1:{int.Parse(await ReadLineAsync(), CultureInfo.InvariantCulture)}");

    /// <summary>Ends its input, upon which it ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended) return;
        _ended = true;
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static string FindFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LiveStream.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("not in a working copy");
        return Path.Combine(folder.FullName, "tests/interop/grpc");
    }
}
