using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Sfu;
using LiveStream.HlsPackager.Cmaf;
using LiveStream.HlsPackager.Control;
using LiveStream.HlsPackager.Ingest;
using LiveStream.HlsPackager.Playlist;
using LiveStream.HlsPackager.Publish;
using LiveStream.HlsPackager.Record;
using LiveStream.HlsPackager.Streams;
using LiveStream.Objects;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.HlsPackager;

/// <summary>The packager's one public door.</summary>
public static class PackagerModule
{
    /// <summary>
    /// Adds the packager and its <see cref="IPackagerControl"/>. It needs an <see cref="ISfuControl"/> from the host.
    /// </summary>
    public static IHostApplicationBuilder AddHlsPackager(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        var section = builder.Configuration.GetSection(PackagerOptions.Section);
        services.AddOptions<PackagerOptions>().Bind(section).ValidateOnStart();
        services.AddOptions<SegmenterOptions>().Bind(section).ValidateOnStart();
        services.AddOptions<IngestOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<PackagerOptions>, PackagerOptionsValidator>();
        services.AddSingleton<IValidateOptions<SegmenterOptions>, SegmenterOptionsValidator>();

        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<PackagerMetrics>();
        services.AddSingleton<StreamRegistry>();
        services.AddSingleton(provider => new MemorySegmentStore(Options(provider).MemoryBudgetMegabytes * 1024L * 1024));
        services.AddSingleton(provider => new DiskSegmentStore(Options(provider).DataDirectory, provider.GetRequiredService<ILogger<DiskSegmentStore>>()));
        services.AddSingleton(provider => new BlockingReload(Options(provider).MaxParkedRequests, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TakeOvers>();
        services.AddSingleton<PlaylistEndpoints>();
        services.AddObjectStore();
        services.AddSingleton<Recorders>();
        services.AddSingleton(provider => new RtpIngestListener(
            provider.GetRequiredService<IOptions<IngestOptions>>().Value, provider.GetRequiredService<ILogger<RtpIngestListener>>(), Options(provider).MaxStreams));
        services.TryAddSingleton<IMediaSourceFactory, SfuMediaSourceFactory>();
        services.AddSingleton<PackagerControl>();
        services.AddSingleton<IPackagerControl>(provider => provider.GetRequiredService<PackagerControl>());
        services.AddHostedService<PackagerHost>();
        return builder;
    }

    /// <summary>
    /// Adds an <see cref="ISfuControl"/> that asks the registered <see cref="IMediaNodes"/> which node has a room. The host registers an
    /// <see cref="SfuNodeCaller"/>.
    /// </summary>
    public static IHostApplicationBuilder AddLocatedSfu(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ISfuControl, LocatedSfu>();
        return builder;
    }

    /// <summary>Adds an <see cref="IMediaNodes"/> that asks the signalling node which has the room. The host registers <c>ISignallingNodes</c> and a <c>MediaNodesCaller</c>.</summary>
    public static IHostApplicationBuilder AddRoomMediaNodes(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IMediaNodes, RoomMediaNodes>();
        return builder;
    }

    /// <summary>
    /// The packager announces itself to the registered <see cref="IPackagerNodes"/>, which places streams, and answers for streams
    /// that are at others.
    /// </summary>
    public static IHostApplicationBuilder AddPackagerAnnouncements(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OtherPackagers>();
        builder.Services.AddHostedService<PackagerAnnouncer>();
        return builder;
    }

    /// <summary>Adds the HLS origin under <c>/hls</c>.</summary>
    public static IEndpointRouteBuilder MapHlsPackager(this IEndpointRouteBuilder routes)
    {
        routes.ServiceProvider.GetRequiredService<PlaylistEndpoints>().Map(routes);
        return routes;
    }

    private static PackagerOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<PackagerOptions>>().Value;
}
