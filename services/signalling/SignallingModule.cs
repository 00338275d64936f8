using LiveStream.Signalling.Endpoints;
using LiveStream.Signalling.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling;

/// <summary>The service's one public door: WHIP and WHEP over the contracts of the SFU and of rooms.</summary>
public static class SignallingModule
{
    /// <summary>
    /// Adds the service. The host registers <c>ISfuControl</c> and <c>IRoomsDirectory</c>, in process or as clients.
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
        return builder;
    }

    /// <summary>Maps <c>/whip</c> and <c>/whep</c>.</summary>
    public static WebApplication MapSignalling(this WebApplication app)
    {
        app.MapMediaEndpoints();
        return app;
    }
}
