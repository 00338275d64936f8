using System.Diagnostics;
using LiveStream.Benchmarks.Server;
using LiveStream.Testing;
using LiveStream.Testing.Rtc;

namespace LiveStream.Benchmarks.Sfu;

/// <summary>A server that answers WHIP and WHEP offers, as a process of its own.</summary>
/// <param name="Process">Its process.</param>
/// <param name="Publish">An offer that sends, to its answer.</param>
/// <param name="Watch">An offer that receives, to its answer.</param>
/// <param name="LogEnd">The last lines that it printed.</param>
/// <param name="Owner">What ends with it.</param>
internal sealed record ComparedServer(
    int Process,
    Func<string, CancellationToken, Task<string>> Publish,
    Func<string, CancellationToken, Task<string>> Watch,
    Func<string> LogEnd,
    IAsyncDisposable Owner) : IAsyncDisposable
{
    /// <summary>The whole product.</summary>
    public static async Task<ComparedServer> StartOursAsync(string dll, CancellationToken cancellationToken)
    {
        var server = await ServerProcess.StartAsync(dll, cancellationToken);
        return new(
            server.Id,
            Exchange(server.Http, $"/whip/{server.Workspace.RoomId}", server.Token("broadcaster")),
            Exchange(server.Http, $"/whep/{server.Workspace.RoomId}", server.Token("viewer-realtime")),
            server.LogEnd,
            server);
    }

    /// <summary>The forwarder on Pion, <c>bench/pion</c>.</summary>
    public static async Task<ComparedServer> StartPionAsync(string program, CancellationToken cancellationToken)
    {
        var port = FreePort.Take();
        var start = new ProcessStartInfo(program) { ArgumentList = { "--port", $"{port}", "--media-port", $"{FreePort.Take()}" } };
        var process = await ServedProcess.StartAsync(start, port, cancellationToken);
        return new(process.Id, Exchange(process.Http, "/whip", "none"), Exchange(process.Http, "/whep", "none"), process.LogEnd, process);
    }

    public ValueTask DisposeAsync() => Owner.DisposeAsync();

    private static Func<string, CancellationToken, Task<string>> Exchange(HttpClient http, string path, string token)
    {
        var client = new WhipClient(http, token);
        var endpoint = new Uri(http.BaseAddress!, path);
        return async (offer, cancellationToken) => (await client.PostAsync(endpoint, offer, cancellationToken)).Answer;
    }
}
