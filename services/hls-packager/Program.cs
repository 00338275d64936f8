using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Signalling;
using LiveStream.Hosting;
using LiveStream.Rpc;

using Microsoft.AspNetCore.Builder;

namespace LiveStream.HlsPackager;

/// <summary>The packager as a process of its own: the HLS origin.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => ServiceDefaults.RunServiceAsync(() => Build(args));

    private static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.AddServiceDefaults();
        builder.AddRpc();
        // One SFU whose address is known, or as many as announce themselves to signalling.
        if (string.IsNullOrEmpty(builder.Configuration["Peers:Sfu"]))
        {
            if (string.IsNullOrEmpty(builder.Configuration["Peers:Signalling"])) builder.AddMediaNodes().AddPeer<ISignallingNodes>().AddRoomMediaNodes();
            else builder.AddPeer<IMediaNodes>();
            builder.AddSfuNodes().AddLocatedSfu();
        }
        else builder.AddPeer<ISfuControl>();
        builder.AddHlsPackager();
        if (!string.IsNullOrEmpty(builder.Configuration["Packager:ControlAddress"])) builder.AddPeer<IPackagerNodes>().AddPackagerAnnouncements();

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapHlsPackager();
        app.MapRpc<IPackagerControl>();
        return app;
    }
}
