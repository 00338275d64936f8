using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

using LiveStream.Benchmarks.Reporting;
using LiveStream.Rpc;
using LiveStream.Rpc.Client;

using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStream.Benchmarks.Rpc;

/// <summary>
/// The same small calls by our gRPC and by another implementation, client and server each: four pairs, two processes each, one
/// machine.
/// </summary>
internal static class RpcBench
{
    /// <summary>Name of the command that serves, for this program only.</summary>
    public const string ServeCommand = "grpc-echo";

    private const string Token = "a token of the bench";
    private const string Ours = "ours", Theirs = "grpc-js";

    public static async Task<BenchReport> RunAsync(TimeSpan window, TextWriter log, CancellationToken cancellationToken)
    {
        var report = new BenchReport("grpc",
        [
            new("client", "client"),
            new("server", "server"),
            new("calls_per_second", "calls/s, 64 in flight", "0"),
            new("busy_p99_ms", "p99 ms", "0.0"),
            new("p50_ms", "p50 ms, one at a time", "0.00"),
            new("p99_ms", "p99 ms", "0.00"),
            new("streamed_per_second", "streamed/s", "0"),
        ]);
        foreach (var (client, serverName) in new[] { (Ours, Ours), (Ours, Theirs), (Theirs, Ours), (Theirs, Theirs) })
        {
            await log.WriteLineAsync($"{client} calls {serverName} ...");
            using var server = StartServer(serverName);
            try
            {
                var line = await server.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException($"{serverName} did not start");
                var port = int.Parse(line, CultureInfo.InvariantCulture);
                var figures = client == Ours ? await OursAsync(port, window, cancellationToken) : await TheirsAsync(port, window, cancellationToken);
                report.Add(client, serverName, figures.CallsPerSecond, figures.BusyP99, figures.P50, figures.P99, figures.StreamedPerSecond);
            }
            finally
            {
                server.StandardInput.Close();
                await server.WaitForExitAsync(CancellationToken.None);
            }
        }

        return report;
    }

    private static async Task<RpcFigures> OursAsync(int port, TimeSpan window, CancellationToken cancellationToken)
    {
        using var channel = new RpcChannel(
            "echo", new Uri($"http://127.0.0.1:{port}"), new RpcOptions { Token = Token }, TimeProvider.System, NullLogger.Instance);
        return await RpcLoad.RunAsync(channel, window, cancellationToken);
    }

    private static async Task<RpcFigures> TheirsAsync(int port, TimeSpan window, CancellationToken cancellationToken)
    {
        using var client = Start("node", "load.mjs", $"127.0.0.1:{port}", Token, window.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        var line = await client.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("the other client ended early");
        await client.WaitForExitAsync(cancellationToken);
        using var result = JsonDocument.Parse(line);
        double Of(string name) => result.RootElement.GetProperty(name).GetDouble();
        return new RpcFigures(Of("calls_per_second"), Of("p99_busy_ms"), Of("p50_ms"), Of("p99_ms"), Of("streamed_per_second"));
    }

    private static Process StartServer(string name) =>
        name == Ours ? Start("dotnet", typeof(RpcBench).Assembly.Location, ServeCommand, Token) : Start("node", "server.mjs", Token);

    private static Process Start(string program, params string[] arguments)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LiveStream.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("not in a working copy");
        var scripts = Path.Combine(folder.FullName, "tests/interop/grpc");
        if (!Directory.Exists(Path.Combine(scripts, "node_modules"))) throw new InvalidOperationException($"run npm ci in {scripts} first");
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = scripts };
        foreach (var variable in new[] { "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "grpc_proxy" }) start.Environment.Remove(variable);
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }
}
