using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Signalling;
using LiveStream.Hosting.Health;
using LiveStream.Signalling.Endpoints;
using LiveStream.Signalling.Hosts;
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
        services.TryAddSingleton<IRoomHosts, OneHost>();
        services.TryAddSingleton(new NodeLease(""));
        services.AddSingleton<OtherNodes>();
        services.AddSingleton<RoomWatches>();
        services.AddSingleton<RepeatedCalls>();
        services.AddSingleton<MediaSessions>();
        services.AddSingleton<IRoomSessions>(provider => provider.GetRequiredService<MediaSessions>());
        services.AddSingleton<EndpointServices>();
        services.AddHostedService<SessionKeeper>();

        // What a room sends to thousands at once is then in the sockets when the write returns, where it would else wait in thousands
        // of buffers until as many work items have run. A request that blocks its thread holds up its own connection, and no other.
        services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);

        services.AddOptions<RoomOptions>().BindConfiguration(SignallingOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RoomOptions>, RoomOptionsValidator>();
        services.AddSingleton<SubscribeOffers>();
        services.AddSingleton<Strangers>();
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
        services.TryAddSingleton<NodeTable>();
        services.AddSingleton<MediaNodes>();
        services.AddSingleton<IMediaNodes>(provider => provider.GetRequiredService<MediaNodes>());
        services.AddHostedService(provider => provider.GetRequiredService<MediaNodes>());
        services.AddSingleton<ISfuControl, PlacedSfu>();
        return builder;
    }

    /// <summary>
    /// This process is one of several: it announces itself to the registered <see cref="ISignallingNodes"/>, which knows who has a room,
    /// and passes on what belongs to the others. Called before <see cref="AddSignalling"/>.
    /// </summary>
    public static WebApplicationBuilder AddSignallingAnnouncements(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<NodeTable>();
        services.AddOptions<SignallingOptions>().Validate(
            options => IsAddress(options.ControlAddress) && IsAddress(options.HttpAddress),
            "Signalling:ControlAddress and Signalling:HttpAddress must be addresses such as http://signalling-1:8081, both or neither.");
        services.AddSingleton(new NodeLease(Guid.NewGuid().ToString("n")));
        services.AddSingleton<SharedHosts>();
        services.AddSingleton<IRoomHosts>(provider => provider.GetRequiredService<SharedHosts>());
        services.AddSingleton<NodeAnnouncer>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeAnnouncer>());
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<NodeAnnouncer>());
        return builder;
    }

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttp;

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
