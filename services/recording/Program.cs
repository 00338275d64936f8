using LiveStream.Bus;
using LiveStream.Contracts.Rooms;
using LiveStream.Hosting;
using LiveStream.Rpc;

using Microsoft.AspNetCore.Builder;

namespace LiveStream.Recording;

/// <summary>Recording as a process of its own: it is told what to make by events, and reports to rooms.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => ServiceDefaults.RunServiceAsync(() => Build(args));

    private static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.AddServiceDefaults();
        builder.AddRpc();
        builder.AddPeer<IRecordings>();
        builder.AddRecording();
        builder.AddEventBus();

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapRecording();
        return app;
    }
}
