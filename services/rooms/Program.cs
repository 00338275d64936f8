using LiveStream.Bus;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Signalling;
using LiveStream.Contracts.Webhooks;
using LiveStream.Hosting;
using LiveStream.Rpc;

using Microsoft.AspNetCore.Builder;

namespace LiveStream.Rooms;

/// <summary>Rooms as a process of its own: REST, the web client, and what the other services ask of it.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => ServiceDefaults.RunServiceAsync(() => Build(args));

    private static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.AddServiceDefaults();
        builder.AddRpc();
        // One packager whose address is known, or as many as announce themselves here.
        var announced = string.IsNullOrEmpty(builder.Configuration["Peers:Packager"]);
        if (announced) builder.AddPackagers().AddPlacedPackagers();
        else builder.AddPeer<IPackagerControl>();
        builder.AddPeer<IWebhooksControl>();
        builder.AddRooms();
        // Likewise signalling nodes.
        var several = string.IsNullOrEmpty(builder.Configuration["Peers:Signalling"]);
        if (several) builder.AddRoomControls().AddPlacedSignalling();
        else builder.AddPeer<IRoomControl>();
        builder.AddEventBus();

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapRooms();
        app.MapRpc<IRoomsDirectory>();
        app.MapRpc<ILiveRooms>();
        app.MapRpc<IWorkspaces>();
        app.MapRpc<IRecordings>();
        if (announced) app.MapRpc<IPackagerNodes>();
        if (several) app.MapRpc<ISignallingNodes>();
        return app;
    }
}
