using LiveStream.Hosting;
using LiveStream.Hosting.Bus;
using LiveStream.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveStream.Bus.Tests;

/// <summary>One process of the installation: with the log, with subscribers, or with both.</summary>
internal sealed class BusProcess : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _ended;

    private BusProcess(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public static async Task<BusProcess> StartAsync(RabbitServer broker, string prefix, MemoryLog? log, Action<IServiceCollection>? subscribe = null, params string[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args =
            [
                "--Http:Port=0", "--Events:FirstRetry=00:00:00.010", "--Events:LongestRetry=00:00:00.200", "--Events:PollInterval=00:00:00.100",
                "--Events:BatchPause=00:00:00", $"--Bus:Prefix={prefix}", "--Bus:PublishTimeout=00:00:02", .. broker.Settings, .. settings,
            ],
        });
        builder.AddServiceDefaults();
        builder.Logging.SetMinimumLevel(Environment.GetEnvironmentVariable("BUSLOG") is null ? LogLevel.None : LogLevel.Information);
        if (log is not null)
        {
            builder.Services.AddSingleton<IEventLog>(log);
            builder.Services.AddEventDispatcher();
        }

        subscribe?.Invoke(builder.Services);
        builder.AddEventBus();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync();
        return new BusProcess(app);
    }

    /// <summary>What <c>/readyz</c> says.</summary>
    public async Task<string> ReadAsync(string path)
    {
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(new Uri(address), path));
    }

    /// <summary>Ends it cleanly.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Waits for what another task is about to do.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (!await condition()) await Task.Delay(20, limit.Token);
    }
}
