using LiveStream.Bus;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Webhooks;
using LiveStream.Hosting;
using LiveStream.Rpc;

using Microsoft.AspNetCore.Builder;

namespace LiveStream.Webhooks;

/// <summary>Webhooks as a process of its own.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => ServiceDefaults.RunServiceAsync(() => Build(args));

    private static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.AddServiceDefaults();
        builder.AddRpc();
        builder.AddPeer<IWorkspaces>();
        builder.AddWebhooks();
        builder.AddEventBus();

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapWebhooks();
        app.MapRpc<IWebhooksControl>();
        return app;
    }
}
