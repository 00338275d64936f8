using System.Text;
using System.Threading.Channels;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveStream.Bus.Tests;

/// <summary>Takes what is sent by OTLP over gRPC, and keeps it as it came.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<(string Method, string Text)> _requests = Channel.CreateUnbounded<(string, string)>();

    private Collector(WebApplication app) => _app = app;

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var collector = new Collector(builder.Build());
        collector._app.Run(collector.TakeAsync);
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>Waits for a message to that service that contains all the words.</summary>
    public async Task WaitForAsync(string service, params string[] words)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var wanted = words.ToHashSet(StringComparer.Ordinal);
        while (wanted.Count > 0)
        {
            var (method, text) = await _requests.Reader.ReadAsync(limit.Token);
            if (method.Contains(service, StringComparison.Ordinal)) wanted.RemoveWhere(word => text.Contains(word, StringComparison.Ordinal));
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _requests.Writer.TryWrite((context.Request.Path.Value!, Encoding.Latin1.GetString(body.ToArray())));
        context.Response.ContentType = "application/grpc";
        // An empty reply: not compressed, no bytes.
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
