using System.Net;
using System.Text.Json;

using LiveStream.Contracts.Packager.V1;
using LiveStream.Rooms.Setup;
using LiveStream.Rooms.Tests.Databases;

namespace LiveStream.Rooms.Tests.Http;

public sealed class StartUpTestsOnSqlite() : StartUpTests(new SqliteDatabase());

public sealed class StartUpTestsOnPostgres() : StartUpTests(new PostgresDatabase());

public abstract class StartUpTests(TestDatabase database) : IDisposable
{
    private readonly string _folder = System.IO.Directory.CreateTempSubdirectory("livestream-rooms-").FullName;

    private string FilePath => Path.Combine(_folder, WorkspaceFile.FileName);

    [Fact]
    public async Task FirstStart_WritesTheWorkspaceFileForItsOwnerOnly()
    {
        await using var host = await RunAsync();

        var file = JsonDocument.Parse(await File.ReadAllBytesAsync(FilePath)).RootElement;
        Assert.Equal(["customer_id", "app_id", "access_key", "secret", "room_id", "room_codes"], file.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ["broadcaster", "co-broadcaster", "viewer-near-realtime", "viewer-on-stage", "viewer-realtime"],
            file.GetProperty("room_codes").EnumerateObject().Select(p => p.Name));
        Assert.Empty(System.IO.Directory.GetFiles(_folder, "*.tmp"));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public async Task LaterStarts_KeepTheWorkspaceAndRestoreTheFile()
    {
        byte[] first;
        await using (await RunAsync()) first = await File.ReadAllBytesAsync(FilePath);

        File.Delete(FilePath);
        await using (await RunAsync()) Assert.Equal(first, await File.ReadAllBytesAsync(FilePath));

        await File.WriteAllTextAsync(FilePath, "{}");
        await using (await RunAsync()) Assert.Equal(first, await File.ReadAllBytesAsync(FilePath));
    }

    [Fact]
    public async Task TwoProgramsOnOneEmptyFolder_AgreeOnTheWorkspace()
    {
        var hosts = await Task.WhenAll(Task.Run(RunAsync), Task.Run(RunAsync));

        Assert.Equal(hosts[0].Host.Workspace.Secret, hosts[1].Host.Workspace.Secret);
        foreach (var host in hosts) await host.DisposeAsync();
    }

    [Fact]
    public async Task Restart_WhileStreamsAreOpen_ClosesThoseThePackagerLost()
    {
        string running, stopping;
        await using (var before = await RunAsync())
        {
            stopping = (string)(await before.Host.StartAsync()).Body["id"]!;
            await before.Host.StopAsync();
            running = (string)(await before.Host.StartAsync()).Body["id"]!;
            await before.Host.Packager.ReportAsync(running, StreamState.Running);
        }

        await using var after = await RunAsync();
        await ReadyAsync(after.Host);
        Assert.Equal("failed", (string?)(await after.Host.GetStreamAsync(running))["status"]);
        // What is stored of it becomes a recording.
        Assert.Equal("post_processing", (string?)(await after.Host.GetStreamAsync(stopping))["status"]);
        Assert.Equal(HttpStatusCode.OK, (await after.Host.StartAsync()).Status);
    }

    [Fact]
    public async Task HealthMetricsAndUnknownPaths_Answer()
    {
        await using var run = await RunAsync();
        await ReadyAsync(run.Host);

        Assert.Equal(HttpStatusCode.OK, (await run.Host.Client.GetAsync("/healthz")).StatusCode);
        var metrics = await run.Host.Client.GetStringAsync("/metrics");
        Assert.Contains("\nprocess_cpu_seconds_total ", metrics, StringComparison.Ordinal);
        Assert.Contains("\nprocess_resident_memory_bytes ", metrics, StringComparison.Ordinal);
        Assert.Contains("\ndotnet_gc_allocated_bytes_total ", metrics, StringComparison.Ordinal);
        RoomsHost.AssertError(await run.Host.SendAsync(HttpMethod.Get, "/nowhere", null), HttpStatusCode.NotFound, "not found");
        using var reply = await run.Host.Client.GetAsync("/healthz");
        Assert.False(reply.Headers.Contains("Server"));
    }

    public void Dispose()
    {
        System.IO.Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private static async Task ReadyAsync(RoomsHost host)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await host.Client.GetAsync("/readyz", limit.Token)).StatusCode != HttpStatusCode.OK) await Task.Yield();
    }

    private async Task<Running> RunAsync()
    {
        var host = new RoomsHost(database, _folder);
        await host.InitializeAsync();
        return new Running(host);
    }

    private sealed record Running(RoomsHost Host) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Host.DisposeAsync();
    }
}
