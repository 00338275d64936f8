using System.Diagnostics;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>A real nginx with <c>deploy/nginx/nginx.conf</c>, on loopback and with the ports of a test in it.</summary>
internal sealed partial class NginxProxy : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private NginxProxy(Process process, string folder, int port) => (_process, _folder, Address) = (process, folder, new Uri($"http://localhost:{port}"));

    /// <summary>On <c>localhost</c>, which browsers treat as a secure origin.</summary>
    public Uri Address { get; }

    /// <param name="port">Where it listens.</param>
    /// <param name="processesOf">Names of the processes of a service, by its folder, and where they listen.</param>
    public static async Task<NginxProxy> StartAsync(int port, Func<string, IEnumerable<(string Name, int Port)>> processesOf)
    {
        var folder = Directory.CreateTempSubdirectory("livestream-nginx-").FullName;
        var text = File.ReadAllText(Repository.Path("deploy/nginx/nginx.conf"));
        text = Upstream().Replace(text, match => string.Join(' ', processesOf(match.Groups[1].Value is "packager" ? "hls-packager" : match.Groups[1].Value).Select(at => $"server 127.0.0.1:{at.Port};")));
        text = text.Replace("listen 8080;", $"listen 127.0.0.1:{port};", StringComparison.Ordinal)
            .Replace("/tmp/", folder + "/", StringComparison.Ordinal)
            .Replace("/etc/nginx/livestream.d/", folder + "/pages-", StringComparison.Ordinal);
        var file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, text);
        // The try page belongs to the one-process program; here it is a page of the site.
        await File.WriteAllTextAsync(
            Path.Combine(folder, "pages-try.conf"), $"location /try/ {{ alias {Repository.Path("services/all-in-one/wwwroot")}/; index index.html; }}\n");
        // As a site does that has several signalling nodes: clients come to the one that they were sent to.
        await File.WriteAllLinesAsync(
            Path.Combine(folder, "pages-nodes.conf"), processesOf("signalling").Select(node => $"location = /ws/{node.Name} {{ proxy_pass http://127.0.0.1:{node.Port}; }}"));
        var start = new ProcessStartInfo(Find(), ["-p", folder, "-c", file, "-e", Path.Combine(folder, "error.log"), "-g", "daemon off; master_process off;"]);
        var proxy = new NginxProxy(Process.Start(start) ?? throw new InvalidOperationException("nginx did not start"), folder, port);
        Orphans.Add(proxy._process);
        try
        {
            await proxy.WaitAsync(port);
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitAsync(int port)
    {
        using var deadline = new CancellationTokenSource(Limits.Patience);
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException($"nginx ended with code {_process.ExitCode}");
            using var socket = new TcpClient();
            try
            {
                await socket.ConnectAsync("127.0.0.1", port, deadline.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, deadline.Token);
            }
        }
    }

    private static string Find() => File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx"
        : Processes.Exists("nginx") ? "nginx" : throw new InvalidOperationException("nginx is not installed: apt-get install nginx-light");

    [GeneratedRegex(@"server (\w+):8080;")]
    private static partial Regex Upstream();
}
