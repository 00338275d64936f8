
using Google.Protobuf.Reflection;

using Grpc.Core;

using LiveStream.Rpc.Client;
using LiveStream.Rpc.Tests.Echo.V1;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStream.Rpc.Tests.Calls;

/// <summary>A process with the echo service, on a free port of loopback.</summary>
internal sealed class EchoHost : IAsyncDisposable
{
    public const string Token = "a token of the tests";

    // As much as grpc-js takes.
    private const int MaxMessageBytes = 4 * 1024 * 1024;

    private readonly WebApplication _app;
    private bool _stopped;

    private EchoHost(WebApplication app, EchoService echo, Uri address) => (_app, Echo, Address) = (app, echo, address);

    public EchoService Echo { get; }

    public Uri Address { get; }

    public static async Task<EchoHost> StartAsync(
        Action<WebApplicationBuilder>? add = null, Action<WebApplication>? map = null, int port = 0, params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Rpc:Port"] = $"{port}", ["Rpc:Token"] = Token, ["Rpc:KeepAliveTimeout"] = "00:01:00", ["Rpc:MaxMessageBytes"] = $"{MaxMessageBytes}" });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value));
        builder.Logging.ClearProviders();
        builder.AddRpc();
        add?.Invoke(builder);
        var echo = new EchoService();
        builder.Services.AddSingleton<IEcho>(echo);
        var app = builder.Build();
        app.MapRpc<IEcho>(EchoReflection.Descriptor.Services[0]);
        map?.Invoke(app);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new EchoHost(app, echo, new Uri(address));
    }

    /// <summary>A caller with that token.</summary>
    public RpcChannel Channel(string token = Token, Action<RpcOptions>? change = null) => ChannelTo(Address, token, change);

    public static RpcChannel ChannelTo(Uri address, string token = Token, Action<RpcOptions>? change = null)
    {
        // Both ends and all other tests share two cores: limits are for the tests that are about them.
        var options = new RpcOptions { Token = token, ConnectTimeout = TimeSpan.FromMinutes(1), CallTimeout = TimeSpan.FromMinutes(1), KeepAliveTimeout = TimeSpan.FromMinutes(1), MaxMessageBytes = MaxMessageBytes };
        change?.Invoke(options);
        return new RpcChannel("echo", address, options, TimeProvider.System, NullLogger.Instance, new Random(1));
    }

    public static MethodDescriptor Method(string name) => EchoReflection.Descriptor.Services[0].FindMethodByName(name);

    public async Task StopAsync()
    {
        _stopped = true;
        await _app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped) await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>Short names for calls of the echo service.</summary>
internal static class EchoCalls
{
    public static Task<EchoMessage> EchoAsync(
        this RpcChannel channel, string method, EchoMessage message, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        channel.UnaryAsync<EchoMessage, EchoMessage>(EchoHost.Method(method), message, cancellationToken, deadline);

    public static IAsyncEnumerable<EchoMessage> EchoesAsync(
        this RpcChannel channel, string method, EchoMessage message, CancellationToken cancellationToken = default) =>
        channel.ServerStreamingAsync<EchoMessage, EchoMessage>(EchoHost.Method(method), message, cancellationToken);

    public static async Task<StatusCode> CodeOfAsync(this Task call) => (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode;
}
