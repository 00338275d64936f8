using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.Sfu;
using LiveStream.Signalling.Endpoints;
using LiveStream.Signalling.Media;
using LiveStream.Signalling.Placement;
using LiveStream.Signalling.Room;
using LiveStream.Signalling.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling;

/// <summary>The service's one public door: rooms by the client protocol, WHIP and WHEP, over the contracts of the SFU and of rooms.</summary>
public static class SignallingModule
{
    /// <summary>
    /// Adds the service. The host registers <c>ISfuControl</c>, <c>IRoomsDirectory</c> and <c>ILiveRooms</c>, in process or
    /// as clients. It serves <see cref="IRoomControl"/>, in the place of whatever was registered before.
    /// </summary>
    public static WebApplicationBuilder AddSignalling(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<SignallingOptions>().BindConfiguration(SignallingOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SignallingOptions>, SignallingOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RoomWatches>();
        services.AddSingleton<MediaSessions>();
        services.AddSingleton<EndpointServices>();
        services.AddHostedService<SessionKeeper>();

        // What a room sends to thousands at once is then in the sockets when the write returns, where it would else wait in thousands
        // of buffers until as many work items have run. Nothing that serves a request here may block its thread.
        services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);

        services.AddOptions<RoomOptions>().BindConfiguration(SignallingOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RoomOptions>, RoomOptionsValidator>();
        services.AddSingleton<SubscribeOffers>();
        // Watches of its own: those of WHIP and WHEP sessions report to those sessions.
        services.TryAddSingleton<IPeerMedia>(provider => ActivatorUtilities.CreateInstance<SfuPeerMedia>(
            provider, ActivatorUtilities.CreateInstance<RoomWatches>(provider)));
        services.AddSingleton<SignallingMetrics>();
        services.AddSingleton<RoomServices>();
        services.AddSingleton<RoomTable>();
        services.AddSingleton<ClientAdmission>();
        services.AddSingleton<EntryRefusals>();
        services.AddHostedService<RoomKeeper>();
        services.AddSingleton<IRoomControl, RoomControl>();
        return builder;
    }

    /// <summary>
    /// Adds <see cref="IMediaNodes"/> and an <see cref="ISfuControl"/> that places rooms on the nodes that announce themselves. The
    /// host registers an <see cref="SfuNodeCaller"/>.
    /// </summary>
    public static WebApplicationBuilder AddPlacement(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<NodeTable>();
        services.AddSingleton<MediaNodes>();
        services.AddSingleton<IMediaNodes>(provider => provider.GetRequiredService<MediaNodes>());
        services.AddHostedService(provider => provider.GetRequiredService<MediaNodes>());
        services.AddSingleton<ISfuControl, PlacedSfu>();
        return builder;
    }

    /// <summary>Maps <c>/init</c>, <c>/ws</c>, <c>/whip</c> and <c>/whep</c>.</summary>
    public static WebApplication MapSignalling(this WebApplication app)
    {
        app.Use((http, next) =>
        {
            if (http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
            {
                var rooms = http.RequestServices.GetRequiredService<RoomServices>();
                http.Features.Set<IHttpUpgradeFeature>(new FrameUpgrade(upgrade, rooms.Options, rooms.Time));
            }

            return next(http);
        });
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        app.MapInit();
        app.MapSocket();
        app.MapMediaEndpoints();
        return app;
    }
}
