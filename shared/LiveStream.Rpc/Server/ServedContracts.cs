using Google.Protobuf.Reflection;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Rpc.Server;

/// <summary>The contracts that this process serves; complete before the first call.</summary>
internal sealed class ServedContracts
{
    private readonly Dictionary<Type, ServiceDescriptor> _services = [];
    private readonly List<Action<IEndpointRouteBuilder>> _endpoints = [];

    public IEnumerable<ServiceDescriptor> Services => _services.Values;

    public void Add<TContract>(ServiceDescriptor service)
        where TContract : class
    {
        if (!_services.TryAdd(typeof(TContract), service)) throw new InvalidOperationException($"{service.FullName} is served already.");
        _endpoints.Add(endpoints => endpoints.MapGrpcService<TContract>());
    }

    public ServiceDescriptor? ServiceOf(Type contract) => _services.GetValueOrDefault(contract);

    public void Map(IEndpointRouteBuilder endpoints) => _endpoints.ForEach(map => map(endpoints));
}
