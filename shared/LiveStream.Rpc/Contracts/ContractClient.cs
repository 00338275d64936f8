using System.Reflection;
using System.Runtime.CompilerServices;

using Google.Protobuf;
using Google.Protobuf.Reflection;

using Grpc.Core;

using LiveStream.Rpc.Client;

namespace LiveStream.Rpc.Contracts;

/// <summary>
/// A contract whose calls go to another process. It fails as the contract says: with
/// <see cref="LiveStream.Contracts.ControlException"/>, or, when the caller cancelled, with <see cref="OperationCanceledException"/>.
/// </summary>
internal class ContractClient : DispatchProxy
{
    private Dictionary<MethodInfo, Func<object, CancellationToken, object>> _calls = [];

    public static TContract Create<TContract>(ServiceDescriptor descriptor, RpcChannel channel)
        where TContract : class
    {
        var client = Create<TContract, ContractClient>();
        ((ContractClient)(object)client)._calls = ContractMethods.Of(typeof(TContract), descriptor).ToDictionary(method => method.Code, method =>
            (Func<object, CancellationToken, object>)typeof(ContractClient)
                .GetMethod(method.Proto.IsServerStreaming ? nameof(Stream) : nameof(Unary), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(method.Request, method.Reply).Invoke(null, [channel, method.Proto])!);
        return client;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _calls[targetMethod!](args![0]!, (CancellationToken)args[1]!);

    private static Func<object, CancellationToken, object> Unary<TRequest, TReply>(RpcChannel channel, MethodDescriptor method)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply>
    {
        return (request, cancellationToken) => CallAsync((TRequest)request, cancellationToken);

        async Task<TReply> CallAsync(TRequest request, CancellationToken cancellationToken)
        {
            try
            {
                return await channel.UnaryAsync<TRequest, TReply>(method, request, cancellationToken);
            }
            catch (RpcException e)
            {
                throw e.ToControlException();
            }
        }
    }

    private static Func<object, CancellationToken, object> Stream<TRequest, TReply>(RpcChannel channel, MethodDescriptor method)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply>
    {
        return (request, cancellationToken) => ReadAsync((TRequest)request, cancellationToken);

        async IAsyncEnumerable<TReply> ReadAsync(TRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await using var replies = channel.ServerStreamingAsync<TRequest, TReply>(method, request, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                bool more;
                try
                {
                    more = await replies.MoveNextAsync();
                }
                catch (RpcException e)
                {
                    throw e.ToControlException();
                }

                if (!more) yield break;
                yield return replies.Current;
            }
        }
    }
}
