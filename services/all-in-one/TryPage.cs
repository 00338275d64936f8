using System.Net;

using LiveStream.Hosting;
using LiveStream.Rooms;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Setup;
using LiveStream.Rooms.WebClient;

using Microsoft.Extensions.Options;

namespace LiveStream.AllInOne;

/// <summary>
/// The page to measure the product with, over WHIP, WHEP and HLS: its files from <c>wwwroot</c>. And the links to the demo room on
/// the console.
/// </summary>
internal static class TryPage
{
    private const string Prefix = "/try";

    public static WebApplicationBuilder AddTryPage(this WebApplicationBuilder builder)
    {
        builder.Services.AddHostedService<LinkPrinter>();
        return builder;
    }

    public static WebApplication MapTryPage(this WebApplication app)
    {
        var origin = new Uri(app.Services.GetRequiredService<IOptions<RoomsOptions>>().Value.PublicUrl).GetLeftPart(UriPartial.Authority);
        // Nothing from other hosts; streams are asked for by the public URL, which may differ from the address in the bar.
        var policy = $"default-src 'self'; connect-src 'self' {origin}; media-src 'self' blob: {origin}; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
        app.UseDefaultFiles(Prefix);
        app.UseStaticFiles(new StaticFileOptions
        {
            RequestPath = Prefix,
            OnPrepareResponse = context =>
            {
                var headers = context.Context.Response.Headers;
                // Files carry no version in their names; the browser asks each time and mostly hears "not modified".
                headers.CacheControl = "no-cache";
                headers.ContentSecurityPolicy = policy;
                headers.XContentTypeOptions = "nosniff";
            },
        });
        return app;
    }

    /// <summary>Prints the links once the server listens.</summary>
    private sealed class LinkPrinter(EmbeddedWorkspace workspace, WebClientFiles client, IOptions<RoomsOptions> options, IOptions<HttpOptions> http) : IHostedLifecycleService
    {
        public Task StartedAsync(CancellationToken cancellationToken)
        {
            var url = options.Value.PublicUrl;
            var codes = workspace.Current.RoomCodes;
            var room = client.IsBuilt ? $"{url}/meeting/" : $"{url}{Prefix}/?code=";
            var others = IPAddress.IsLoopback(IPAddress.Parse(http.Value.Address)) || !new Uri(url).IsLoopback
                ? "" : $"\n  Viewers on other machines are sent to {url} too: say by --public-url where they reach this one.\n";
            var keys = Path.Combine(Path.GetFullPath(options.Value.DataDirectory), WorkspaceFile.FileName);
            return Console.Out.WriteLineAsync(
                $"""

                LiveStream is ready.
                  Go live            {room}{codes.GetValueOrDefault(StarterTemplate.Broadcaster)}
                  Watch (real time)  {room}{codes.GetValueOrDefault(StarterTemplate.ViewerRealtime)}
                  Watch (HLS)        {room}{codes.GetValueOrDefault(StarterTemplate.ViewerNearRealtime)}
                  Keys               {keys}
                {others}
                """);
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
