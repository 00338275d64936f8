using System.Reflection;

using Google.Protobuf;
using Google.Protobuf.Reflection;

using LiveStream.Rpc.Server;

namespace LiveStream.Rpc.Contracts;

/// <summary>Serves an implementation of a contract: each method becomes a delegate once, and calls go straight through it.</summary>
internal static class ContractServer
{
    public static RpcServiceDefinition Define(Type contract, ServiceDescriptor descriptor, object implementation)
    {
        var service = new RpcServiceDefinition(descriptor);
        foreach (var method in ContractMethods.Of(contract, descriptor))
        {
            typeof(ContractServer).GetMethod(method.Proto.IsServerStreaming ? nameof(Stream) : nameof(Unary), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(method.Request, method.Reply).Invoke(null, [service, method, implementation]);
        }

        return service;
    }

    private static void Unary<TRequest, TReply>(RpcServiceDefinition service, ContractMethod method, object implementation)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply> =>
        service.Unary(method.Proto.Name, method.Code.CreateDelegate<Func<TRequest, CancellationToken, Task<TReply>>>(implementation));

    private static void Stream<TRequest, TReply>(RpcServiceDefinition service, ContractMethod method, object implementation)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply> =>
        service.ServerStreaming(method.Proto.Name, method.Code.CreateDelegate<Func<TRequest, CancellationToken, IAsyncEnumerable<TReply>>>(implementation));
}
