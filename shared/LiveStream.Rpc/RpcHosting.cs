using System.Collections.Concurrent;

using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;

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
using Microsoft.Extensions.Logging;
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
        services.AddSingleton<ServedContracts>();
        services.AddSingleton<HealthService>();
        services.AddSingleton(provider => RpcFirst.Reflection(provider.GetRequiredService<ServedContracts>()));
        services.AddSingleton<CallGuard>();
        services.AddGrpc(grpc => grpc.Interceptors.Add<CallGuard>());
        services.AddOptions<GrpcServiceOptions>().Configure<IOptions<RpcOptions>>((grpc, rpc) =>
            grpc.MaxReceiveMessageSize = grpc.MaxSendMessageSize = rpc.Value.MaxMessageBytes);
        services.TryAddEnumerable(ServiceDescriptor.Singleton(typeof(IServiceMethodProvider<>), typeof(ContractServer<>)));
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, RpcPort>();
        services.AddSingleton<IStartupFilter, RpcFirst>();
        // The library tells of each call that ended with another status than OK, of callers that left and of requests that nobody can read;
        // what matters has lines of its own.
        builder.Logging.AddFilter("Grpc", LogLevel.Warning).AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.Critical);
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
        where TContract : class => app.MapRpc<TContract>(KnownContracts.ServiceOf(typeof(TContract)));

    /// <summary>Serves the registered implementation of any interface that stands for a service.</summary>
    internal static WebApplication MapRpc<TContract>(this WebApplication app, Google.Protobuf.Reflection.ServiceDescriptor service)
        where TContract : class
    {
        // What nobody implements is said at the start, not at the first call.
        _ = app.Services.GetRequiredService<TContract>();
        app.Services.GetRequiredService<ServedContracts>().Add<TContract>(service);
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
}
