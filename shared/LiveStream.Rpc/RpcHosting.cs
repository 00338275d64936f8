using System.Collections.Concurrent;
using System.Net;

using LiveStream.Contracts.Packager;
using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Signalling;
using LiveStream.Rpc.Client;
using LiveStream.Rpc.Contracts;
using LiveStream.Rpc.Server;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LiveStream.Rpc;

/// <summary>
/// What a process needs to call, and be called by, the other services. A module does not see it: it gets the contracts that the
/// host registered, here or in process.
/// </summary>
public static class RpcHosting
{
    private const int ShortestToken = 16;

    /// <summary>Opens the port of gRPC, with the health and reflection services.</summary>
    public static WebApplicationBuilder AddRpc(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<RpcOptions>().BindConfiguration(RpcOptions.Section).ValidateOnStart()
            .Validate(options => options.Token.Length >= ShortestToken, $"Rpc:Token must have {ShortestToken} characters or more, the same for all services.");
        services.AddSingleton<IValidateOptions<RpcOptions>, RpcOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<HealthService>();
        services.AddSingleton<ReflectionService>();
        services.AddSingleton<RpcServer>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, KestrelPort>();
        services.AddSingleton<IStartupFilter, RpcFirst>();
        return builder;
    }

    /// <summary>Registers a contract whose calls go to the service that serves it, at the address of section <c>Peers</c>.</summary>
    public static WebApplicationBuilder AddPeer<TContract>(this WebApplicationBuilder builder)
        where TContract : class
    {
        var owner = KnownContracts.OwnerOf(typeof(TContract));
        builder.Services.AddOptions<PeerOptions>().BindConfiguration(PeerOptions.Section).ValidateOnStart()
            .Validate(options => options.Of(owner).Length > 0, $"Peers:{owner} is missing: the address of that service, such as http://{owner.ToString().ToLowerInvariant()}:8081.");
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PeerOptions>, PeerOptionsValidator>());
        builder.Services.TryAddSingleton<PeerChannels>();
        builder.Services.AddSingleton(provider => provider.GetRequiredService<PeerChannels>().ClientOf<TContract>());
        return builder;
    }

    /// <summary>Registers a caller of SFU nodes by the addresses that they announce.</summary>
    public static WebApplicationBuilder AddSfuNodes(this WebApplicationBuilder builder) =>
        builder.AddCallers<ISfuControl, SfuNodeCaller>(caller => new SfuNodeCaller(caller));

    /// <summary>Registers a caller of packagers by the addresses that they announce.</summary>
    public static WebApplicationBuilder AddPackagers(this WebApplicationBuilder builder) =>
        builder.AddCallers<IPackagerControl, PackagerCaller>(caller => new PackagerCaller(caller));

    /// <summary>Registers a caller of what signalling nodes do in rooms, by the addresses that they announce.</summary>
    public static WebApplicationBuilder AddRoomControls(this WebApplicationBuilder builder) =>
        builder.AddCallers<IRoomControl, RoomControlCaller>(caller => new RoomControlCaller(caller));

    /// <summary>Registers a caller of signalling nodes' tables of media nodes, by the addresses that they announce.</summary>
    public static WebApplicationBuilder AddMediaNodes(this WebApplicationBuilder builder) =>
        builder.AddCallers<IMediaNodes, MediaNodesCaller>(caller => new MediaNodesCaller(caller));

    /// <summary>Serves the registered implementation of a contract.</summary>
    public static WebApplication MapRpc<TContract>(this WebApplication app)
        where TContract : class =>
        app.MapRpc(ContractServer.Define(typeof(TContract), KnownContracts.ServiceOf(typeof(TContract)), app.Services.GetRequiredService<TContract>()));

    /// <summary>Serves any service.</summary>
    public static WebApplication MapRpc(this WebApplication app, RpcServiceDefinition service)
    {
        app.Services.GetRequiredService<RpcServer>().Add(service);
        return app;
    }

    // One caller for each address, made when it is first needed.
    private static WebApplicationBuilder AddCallers<TContract, TCaller>(this WebApplicationBuilder builder, Func<Func<string, TContract>, TCaller> callerOf)
        where TContract : class
        where TCaller : class
    {
        builder.Services.AddOptions<PeerOptions>().BindConfiguration(PeerOptions.Section);
        builder.Services.TryAddSingleton<PeerChannels>();
        builder.Services.AddSingleton(provider =>
        {
            var channels = provider.GetRequiredService<PeerChannels>();
            var nodes = new ConcurrentDictionary<string, TContract>(StringComparer.Ordinal);
            return callerOf(address => nodes.GetOrAdd(address, static (at, from) => from.ClientAt<TContract>(at, new Uri(at)), channels));
        });
        return builder;
    }

    /// <summary>HTTP/2 alone: without TLS there is nothing to agree by, so the port cannot be shared with HTTP/1.1.</summary>
    private sealed class KestrelPort(IOptions<RpcOptions> options) : IConfigureOptions<KestrelServerOptions>
    {
        public void Configure(KestrelServerOptions kestrel)
        {
            var rpc = options.Value;
            kestrel.Limits.Http2.MaxStreamsPerConnection = rpc.MaxCallsPerConnection;
            kestrel.Limits.Http2.KeepAlivePingDelay = rpc.KeepAliveDelay;
            kestrel.Limits.Http2.KeepAlivePingTimeout = rpc.KeepAliveTimeout;
            kestrel.Listen(IPAddress.Parse(rpc.Address), rpc.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.Use(next => connection =>
                {
                    connection.Features.Set(RpcPort.Mark);
                    return next(connection);
                });
            });
        }
    }

    /// <summary>Marks connections that came to the port of gRPC.</summary>
    private sealed class RpcPort
    {
        public static RpcPort Mark { get; } = new();
    }

    /// <summary>Before every other middleware: nothing else of the process is reached by that port, and gRPC by no other.</summary>
    private sealed class RpcFirst(RpcServer server, HealthService health, ReflectionService reflection) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            server.Add(health.Define());
            server.Add(reflection.Define());
            app.Use(rest => http => http.Features.Get<RpcPort>() is null ? rest(http) : server.ServeAsync(http));
            next(app);
        };
    }
}
