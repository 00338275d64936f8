using LiveStream.Contracts.Sfu;
using LiveStream.Sfu.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LiveStream.Sfu;

/// <summary>The SFU's one public door.</summary>
public static class SfuModule
{
    /// <summary>Adds the SFU node and its control surface, <see cref="ISfuControl"/>.</summary>
    public static WebApplicationBuilder AddSfu(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<SfuOptions>().BindConfiguration(SfuOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<SfuOptions>, SfuOptionsValidator>();
        builder.Services.AddSingleton<SfuNode>();
        builder.Services.AddSingleton<SfuMetrics>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SfuNode>());
        builder.Services.AddSingleton<ISfuControl, LocalSfuControl>();
        return builder;
    }

    /// <summary>Adds an <see cref="IMediaNodes"/> that is all signalling nodes. The host registers <c>ISignallingNodes</c> and a <c>MediaNodesCaller</c>.</summary>
    public static WebApplicationBuilder AddEverySignalling(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IMediaNodes, EverySignalling>();
        return builder;
    }

    /// <summary>The node announces itself to the registered <see cref="IMediaNodes"/>, so that rooms are placed on it.</summary>
    public static WebApplicationBuilder AddSfuAnnouncements(this WebApplicationBuilder builder)
    {
        builder.Services.AddHostedService<NodeAnnouncer>();
        return builder;
    }

    /// <summary>Maps the SFU's endpoints; in one process there are none, but its meters start here.</summary>
    public static WebApplication MapSfu(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.Services.GetRequiredService<SfuMetrics>();
        return app;
    }
}
