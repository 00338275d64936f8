using System.Diagnostics;
using System.Net;

namespace LiveStream.Testing;

/// <summary>
/// A real server of the S3 API (OpenStack Swift) with a folder of its own, all of it on loopback ports. A shell around it ends
/// it and removes the folder as soon as this process is gone, however that happens.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    /// <summary>Name of the key.</summary>
    public const string AccessKey = "test:tester";

    /// <summary>The key's secret.</summary>
    public const string SecretKey = "testing";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(120);

    private readonly Process _shell;
    private readonly string _folder;

    private S3Server(Process shell, string folder, int port) => (_shell, _folder, Endpoint) = (shell, folder, new Uri($"http://127.0.0.1:{port}"));

    /// <summary>Where it listens.</summary>
    public Uri Endpoint { get; }

    /// <summary>Starts a server. Fails with <see cref="InvalidOperationException"/>.</summary>
    public static async Task<S3Server> StartAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists("/usr/bin/swift-proxy-server"))
            throw new InvalidOperationException("Swift is not installed: apt-get install swift-proxy swift-account swift-container swift-object memcached");
        var folder = Directory.CreateTempSubdirectory("livestream-s3-").FullName;
        var ports = FreePort.Take(5);
        var shell = Process.Start(new ProcessStartInfo("bash", ["-c", S3ServerScript.Text, "bash", folder, .. ports.Select(port => $"{port}")]) { RedirectStandardInput = true })
            ?? throw new InvalidOperationException("bash did not start");
        var server = new S3Server(shell, folder, ports[0]);
        try
        {
            await server.WaitAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a bucket.</summary>
    public async Task CreateBucketAsync(string name, CancellationToken cancellationToken)
    {
        // By Swift's own interface, where a bucket is a container: one request instead of a signature.
        using var client = new HttpClient { BaseAddress = Endpoint };
        using var login = new HttpRequestMessage(HttpMethod.Get, "/auth/v1.0") { Headers = { { "X-Auth-User", AccessKey }, { "X-Auth-Key", SecretKey } } };
        using var grant = await client.SendAsync(login, cancellationToken);
        grant.EnsureSuccessStatusCode();
        var (address, token) = (grant.Headers.GetValues("X-Storage-Url").Single(), grant.Headers.GetValues("X-Auth-Token").Single());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_startLimit);
        while (true)
        {
            using var make = new HttpRequestMessage(HttpMethod.Put, $"{address}/{name}") { Headers = { { "X-Auth-Token", token } } };
            using var made = await client.SendAsync(make, limit.Token);
            // The proxy serves before those behind it do.
            if (made.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                made.EnsureSuccessStatusCode();
                return;
            }

            await Task.Delay(100, limit.Token);
        }
    }

    /// <summary>Ends the server and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_startLimit);
        using var client = new HttpClient { BaseAddress = Endpoint };
        while (true)
        {
            if (_shell.HasExited) throw new InvalidOperationException($"Swift did not start:\n{ReadLog()}");
            try
            {
                using var reply = await client.GetAsync(new Uri("/healthcheck", UriKind.Relative), limit.Token);
                if (reply.StatusCode == HttpStatusCode.OK) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new InvalidOperationException($"Swift did not start within {s_startLimit}:\n{ReadLog()}");
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }

    private string ReadLog() => File.Exists(Path.Combine(_folder, "log")) ? File.ReadAllText(Path.Combine(_folder, "log")) : "";

    // All at once, so that they differ.
}
