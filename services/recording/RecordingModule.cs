using LiveStream.Contracts.Events.V1;
using LiveStream.Contracts.Rooms;
using LiveStream.Hosting.Bus;
using LiveStream.Objects;
using LiveStream.Recording.Vod;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LiveStream.Recording;

/// <summary>The door of the recording service: it makes recordings of live streams that have ended.</summary>
public static class RecordingModule
{
    /// <summary>Names the cursor in the event log.</summary>
    public const string Subscriber = "recording";

    /// <summary>Adds the service. It needs an <see cref="IRecordings"/> and the event log from the host.</summary>
    public static WebApplicationBuilder AddRecording(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddObjectStore();
        services.AddSingleton<RecordingMetrics>();
        services.AddSingleton<JournalReader>();
        services.AddSingleton<ZipWriter>();
        services.AddSingleton<RecordingMaker>();
        services.AddEventSubscriber(Subscriber).Handle<LiveStreamRecorded, RecordingMaker>();
        return builder;
    }

    /// <summary>The service answers no requests: what it makes is listed and served by rooms.</summary>
    public static WebApplication MapRecording(this WebApplication app) => app;
}
