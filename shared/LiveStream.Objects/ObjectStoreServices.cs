using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LiveStream.Objects;

/// <summary>Registers the store.</summary>
public static class ObjectStoreServices
{
    /// <summary>Adds the <see cref="IObjectStore"/> of the settings; once for a process, however many modules call it.</summary>
    public static IServiceCollection AddObjectStore(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(IObjectStore))) return services;
        services.AddOptions<ObjectOptions>().BindConfiguration(ObjectOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ObjectOptions>, ObjectOptionsValidator>();
        services.AddSingleton<IValidateOptions<ObjectOptions>, ObjectStoreChoiceValidator>();
        services.TryAddSingleton<IObjectStore>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<ObjectOptions>>().Value;
            return options.Store == ObjectStoreKind.S3
                ? new S3ObjectStore(options.S3, provider.GetService<ILogger<S3ObjectStore>>() ?? NullLogger<S3ObjectStore>.Instance)
                : new FolderObjectStore(options.Folder);
        });
        return services;
    }
}
