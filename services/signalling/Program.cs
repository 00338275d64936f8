using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Signalling;
using LiveStream.Hosting;
using LiveStream.Rpc;

using Microsoft.AspNetCore.Builder;

namespace LiveStream.Signalling;

/// <summary>Signalling as a process of its own: WebSockets, WHIP and WHEP.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => ServiceDefaults.RunServiceAsync(() => Build(args));

    private static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.AddServiceDefaults();
        builder.AddRpc();
        builder.AddPeer<IRoomsDirectory>();
        builder.AddPeer<ILiveRooms>();
        // One SFU whose address is known, or as many as announce themselves.
        var placed = string.IsNullOrEmpty(builder.Configuration["Peers:Sfu"]);
        if (placed) builder.AddSfuNodes().AddPlacement();
        else builder.AddPeer<ISfuControl>();
        // The only signalling process, or one of those that announce themselves to rooms.
        if (!string.IsNullOrEmpty(builder.Configuration["Signalling:ControlAddress"])) builder.AddPeer<ISignallingNodes>().AddSignallingAnnouncements();
        builder.AddSignalling();

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapSignalling();
        app.MapRpc<IRoomControl>();
        if (placed) app.MapRpc<IMediaNodes>();
        return app;
    }
}
