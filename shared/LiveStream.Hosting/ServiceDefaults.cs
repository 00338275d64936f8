using System.Net;

using LiveStream.Hosting.Errors;
using LiveStream.Hosting.Health;
using LiveStream.Hosting.Metrics;
using LiveStream.Hosting.Telemetry;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace LiveStream.Hosting;

/// <summary>What every process has: settings, logs, health, metrics, error bodies, server limits.</summary>
public static class ServiceDefaults
{
    /// <summary>
    /// Registers the defaults. Settings come from the defaults of the options classes, then the JSON file named by
    /// <c>config</c> (command line) or <c>LIVESTREAM_CONFIG</c>, then environment variables (<c>Rooms__PublicUrl</c>),
    /// then the command line; the later wins.
    /// </summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        AddSettingsFile(builder.Configuration);
        AddLogging(builder.Logging, builder.Configuration);
        builder.AddTelemetry();

        builder.Services.AddOptions<HttpOptions>().BindConfiguration(HttpOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<HttpOptions>, HttpOptionsValidator>();
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<HttpOptions>>((host, http) =>
        {
            host.ShutdownTimeout = http.Value.ShutdownTimeout;
            host.ServicesStopConcurrently = true;
        });
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<MetricsRegistry>();
        builder.Services.AddHostedService(services => services.GetRequiredService<MetricsRegistry>());
        builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>, KestrelSettings>();
        return builder;
    }

    /// <summary>Maps <c>/healthz</c>, <c>/readyz</c>, <c>/metrics</c> and the error bodies; call it before the modules' maps.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.UseRequestTraces();
        app.UseErrorPages();
        app.MapHealth();
        if (app.Services.GetRequiredService<IOptions<HttpOptions>>().Value.ExposeMetrics) app.MapMetrics();
        return app;
    }

    /// <summary>
    /// Builds and runs a program until SIGTERM or SIGINT. Exit code 0 after a clean end; 1, with the reason in the last log line, when a
    /// setting or its file is wrong, a port is taken, or the host fails.
    /// </summary>
    /// <param name="build">Settings are read in here, and what is wrong with them is thrown.</param>
    public static async Task<int> RunServiceAsync(Func<WebApplication> build)
    {
        WebApplication? app = null;
        var port = 0;
        try
        {
            app = build();
            // Once it has run, its services are gone.
            port = app.Services.GetRequiredService<IOptions<HttpOptions>>().Value.Port;
            await app.RunAsync();
            return 0;
        }
        catch (Exception e)
        {
            if (app is not null) app.Logger.CannotStart(ReasonOf(e, port));
            else
            {
                // There is no host yet whose log could say it.
                using var logs = LoggerFactory.Create(logging => AddLogging(logging, new ConfigurationManager()));
                logs.CreateLogger(typeof(ServiceDefaults)).CannotStart(ReasonOf(e, port));
            }

            return 1;
        }
    }

    // The outermost message often only says where it went wrong.
    private static string ReasonOf(Exception exception, int port)
    {
        var reason = exception.Message;
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
            if (!reason.Contains(inner.Message, StringComparison.OrdinalIgnoreCase)) reason += " " + inner.Message;
        // Several ports are listened on; whoever is told of one in use has to know whose it is.
        if (reason.Contains("in use", StringComparison.OrdinalIgnoreCase) && reason.Contains($":{port}:", StringComparison.Ordinal))
            reason += " Choose another port by Http:Port (run.sh --port).";
        return reason;
    }

    private static void AddSettingsFile(ConfigurationManager configuration)
    {
        // Settings live in one named file; an appsettings.json that happens to lie in the working folder is not ours.
        var sources = ((IConfigurationBuilder)configuration).Sources;
        foreach (var found in sources.OfType<Microsoft.Extensions.Configuration.Json.JsonConfigurationSource>().ToArray()) sources.Remove(found);

        if ((configuration["config"] ?? configuration["LIVESTREAM_CONFIG"]) is not { Length: > 0 } path) return;
        var file = new Microsoft.Extensions.Configuration.Json.JsonConfigurationSource { Path = Path.GetFullPath(path), Optional = false };
        file.ResolveFileProvider();
        // Environment variables without a prefix are the application's own; they come after the file.
        var environment = sources.ToList().FindLastIndex(source =>
            source is Microsoft.Extensions.Configuration.EnvironmentVariables.EnvironmentVariablesConfigurationSource { Prefix: null or "" });
        sources.Insert(environment < 0 ? sources.Count : environment, file);
    }

    private static void AddLogging(ILoggingBuilder logging, ConfigurationManager configuration)
    {
        logging.ClearProviders();
        if (configuration.GetSection(TelemetryOptions.Section).GetValue(nameof(TelemetryOptions.JsonLogs), false))
        {
            logging.AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        // Lowest priority: a rule in the settings file for the same category wins.
        logging.Services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<LoggerFilterOptions>>(new ConfigureOptions<LoggerFilterOptions>(filter =>
        {
            filter.Rules.Add(new LoggerFilterRule(null, "Microsoft", LogLevel.Warning, null));
            filter.Rules.Add(new LoggerFilterRule(null, "System.Net.Http", LogLevel.Warning, null));
        })));
    }

    private sealed class KestrelSettings(IOptions<HttpOptions> options) : IConfigureOptions<KestrelServerOptions>
    {
        public void Configure(KestrelServerOptions kestrel)
        {
            var http = options.Value;
            kestrel.AddServerHeader = false;
            // Clients that take this server for a proxy name another host in the request line; the path alone decides.
            kestrel.AllowHostHeaderOverride = true;
            kestrel.Limits.MaxRequestBodySize = http.MaxRequestBodyBytes;
            kestrel.Limits.MaxRequestHeaderCount = 64;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Listen(IPAddress.Parse(http.Address), http.Port);
        }
    }
}
