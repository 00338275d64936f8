using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Signalling;
using LiveStream.Hosting;
using LiveStream.Rpc;

using Microsoft.AspNetCore.Builder;

namespace LiveStream.Sfu;

/// <summary>An SFU node as a process of its own: media by UDP and TCP, control by gRPC.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => ServiceDefaults.RunServiceAsync(() => Build(args));

    private static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.AddServiceDefaults();
        builder.AddRpc();
        builder.AddSfu();
        if (!string.IsNullOrEmpty(builder.Configuration["Sfu:ControlAddress"]))
        {
            // To the one signalling process, or to all of them.
            if (string.IsNullOrEmpty(builder.Configuration["Peers:Signalling"])) builder.AddMediaNodes().AddPeer<ISignallingNodes>().AddEverySignalling();
            else builder.AddPeer<IMediaNodes>();
            builder.AddSfuAnnouncements();
        }

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapSfu();
        app.MapRpc<ISfuControl>();
        return app;
    }
}
