using System.Diagnostics;
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
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly ServedProcess _process;
    private readonly bool _ownsData;

    private ServerProcess(ServedProcess process, Workspace workspace, string data, bool ownsData) =>
        (_process, Workspace, Data, _ownsData) = (process, workspace, data, ownsData);

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Keys and demo room.</summary>
    public Workspace Workspace { get; }

    /// <summary>A client of its HTTP port.</summary>
    public HttpClient Http => _process.Http;

    /// <summary>Its data folder.</summary>
    public string Data { get; }

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
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        ServedProcess? process = null;
        try
        {
            process = await ServedProcess.StartAsync(start, port, cancellationToken);
            await using var file = File.OpenRead(Path.Combine(data, "workspace.json"));
            var workspace = await JsonSerializer.DeserializeAsync<Workspace>(file, cancellationToken: cancellationToken)
                ?? throw new InvalidOperationException("workspace.json is empty.");
            return new ServerProcess(process, workspace, data, folder is null);
        }
        catch
        {
            if (process is not null) await process.DisposeAsync();
            if (folder is null) Directory.Delete(data, recursive: true);
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
    public string LogEnd() => _process.LogEnd();

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Ends the server by SIGTERM, or by force after ten seconds, and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        if (_ownsData) Directory.Delete(Data, recursive: true);
    }
}
