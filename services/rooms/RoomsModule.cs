using LiveStream.Contracts.Events.V1;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Signalling;
using LiveStream.Contracts.Webhooks;
using LiveStream.Hosting.Bus;
using LiveStream.Hosting.Health;
using LiveStream.Hosting.OpenApi;
using LiveStream.Objects;
using LiveStream.Rooms.ActiveRooms;
using LiveStream.Rooms.Catalog;
using LiveStream.Rooms.Joining;
using LiveStream.Rooms.Endpoints;
using LiveStream.Rooms.OpenApi;
using LiveStream.Rooms.Placement;
using LiveStream.Rooms.Recordings;
using LiveStream.Rooms.Sessions;
using LiveStream.Rooms.Setup;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Streams;
using LiveStream.Rooms.Templates;
using LiveStream.Rooms.Tokens;
using LiveStream.Rooms.WebClient;
using LiveStream.Storage.Sealing;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms;

/// <summary>The door of the rooms service: workspaces, templates, rooms, tokens and live streams; the web client's files.</summary>
public static class RoomsModule
{
    /// <summary>
    /// Registers the service: <see cref="IRoomsDirectory"/> and, once started, <see cref="EmbeddedWorkspace"/>. Streams
    /// go to the registered <see cref="IPackagerControl"/>; without one, starting a stream is refused.
    /// </summary>
    public static WebApplicationBuilder AddRooms(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        // A refused command is thrown as well; whoever catches it knows whether it is worth a line.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Update", LogLevel.None);

        services.AddOptions<RoomsOptions>().BindConfiguration(RoomsOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RoomsOptions>, RoomsOptionsValidator>();

        services.AddOptions<WebClientOptions>().BindConfiguration(WebClientOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebClientOptions>, WebClientOptionsValidator>();
        services.AddSingleton<WebClientFiles>();
        services.AddSingleton<PageWriter>();

        services.AddSingleton<SecretSeal<RoomsOptions>>();
        services.AddRoomsStorage();
        services.AddSingleton<RoomsStore>();
        services.AddSingleton<RoomCatalog>();
        services.AddSingleton<RoomCodes>();
        services.AddSingleton<LiveStreamStore>();
        services.AddSingleton<LiveStreamEndpoints.StreamAccess>();
        services.AddSingleton<RoomHosts>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<ISessionWriter, SessionWriter>();
        services.AddSingleton<RecordingStore>();
        services.AddSingleton<RoomRecordings>();
        services.TryAddSingleton<IRecorder, NoRecorder>();
        services.AddSingleton<AssetStore>();
        services.AddObjectStore();
        services.AddSingleton<ObjectLinks>();
        services.AddSingleton<IRecordings, RecordingReports>();
        services.TryAddSingleton<IRoomControl, NoRoomControl>();
        services.AddSingleton<TemplateStore>();
        services.AddSingleton<KnownTemplates>();
        services.AddSingleton<IWorkspaceKeys>(provider => provider.GetRequiredService<RoomsStore>());

        services.AddSingleton<CheckedTokens>();
        services.AddSingleton<TokenReader>();
        services.AddSingleton<TokenWriter>();
        services.AddSingleton<IRoomsDirectory, RoomsDirectory>();
        services.AddSingleton<IWorkspaces, Workspaces>();
        services.TryAddSingleton<IWebhooksControl, NoWebhooks>();
        services.AddSingleton<LiveStreams>();
        services.AddSingleton<LostStreams>();
        services.AddSingleton<LiveStreamFeed>();
        services.AddEventSubscriber(LiveStreamFeed.Subscriber).InEachProcess().Handle<LiveStreamChanged, LiveStreamFeed>();
        services.AddSingleton<ILiveRooms, LiveRooms>();
        services.TryAddSingleton<IPackagerControl, NoPackager>();

        // The database is open before the watcher and the server start.
        services.AddSingleton<EmbeddedWorkspace>();
        services.AddSingleton<WorkspaceKeys>();
        services.AddHostedService<FirstStart>();
        services.AddEventDispatcher();
        services.AddApiDocument();
        services.AddSingleton<SessionSweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionSweeper>());
        services.AddSingleton<LiveStreamWatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveStreamWatcher>());
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<LiveStreamWatcher>());
        return builder;
    }

    /// <summary>
    /// Adds an <see cref="IPackagerControl"/> that places streams on the packagers that announce themselves, and the
    /// <see cref="IPackagerNodes"/> that they call. The host registers a <see cref="PackagerCaller"/>.
    /// </summary>
    public static IHostApplicationBuilder AddPlacedPackagers(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<PackagerTable>();
        builder.Services.AddSingleton<PlacedPackagers>();
        builder.Services.AddSingleton<IPackagerControl>(provider => provider.GetRequiredService<PlacedPackagers>());
        builder.Services.AddSingleton<PackagerNodes>();
        builder.Services.AddSingleton<IPackagerNodes>(provider => provider.GetRequiredService<PackagerNodes>());
        builder.Services.AddHostedService(provider => provider.GetRequiredService<PackagerNodes>());
        return builder;
    }

    /// <summary>
    /// Adds an <see cref="IRoomControl"/> that calls the signalling node which has the room, and the <see cref="ISignallingNodes"/>
    /// that nodes announce themselves to. The host registers a <see cref="RoomControlCaller"/>.
    /// </summary>
    public static IHostApplicationBuilder AddPlacedSignalling(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IRoomControl, PlacedRoomControl>();
        builder.Services.AddSingleton<SignallingNodes>();
        builder.Services.AddSingleton<ISignallingNodes>(provider => provider.GetRequiredService<SignallingNodes>());
        builder.Services.AddHostedService(provider => provider.GetRequiredService<SignallingNodes>());
        return builder;
    }

    /// <summary>Maps what the service answers below <c>/v2</c>, and the web client.</summary>
    public static WebApplication MapRooms(this WebApplication app)
    {
        app.UseTokenCors();
        var api = app.MapDescribed(ApiSamples.All);
        api.MapToken();
        api.MapRoomResources();
        api.MapRoomCodes();
        api.MapTemplates();
        api.MapLayouts();
        api.MapActiveRooms();
        api.MapSessions();
        api.MapLiveStreams();
        api.MapRecordings();
        api.MapRecordingAssets();
        api.MapObjects();
        app.MapApiDocument();
        app.MapWebClient();
        return app;
    }
}
