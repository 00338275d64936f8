using System.Reflection;

using Google.Protobuf;

using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

using LiveStream.Rpc.Contracts;

using Microsoft.Extensions.Hosting;

namespace LiveStream.Rpc.Server;

/// <summary>Serves the registered implementation of a contract: each method becomes a delegate once, and calls go straight through it.</summary>
internal sealed class ContractServer<TContract>(ServedContracts served, IHostApplicationLifetime lifetime) : IServiceMethodProvider<TContract>
    where TContract : class
{
    private const int MostHeldBytes = 64 * 1024;

    /// <inheritdoc/>
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<TContract> context)
    {
        // Also asked for what is no contract, such as health.
        if (served.ServiceOf(typeof(TContract)) is not { } service) return;
        foreach (var method in ContractMethods.Of(typeof(TContract), service))
        {
            typeof(ContractServer<TContract>).GetMethod(method.Proto.IsServerStreaming ? nameof(Stream) : nameof(Unary), BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static)!
                .MakeGenericMethod(method.Request, method.Reply).Invoke(this, [context, method]);
        }
    }

    private static void Unary<TRequest, TReply>(ServiceMethodProviderContext<TContract> context, ContractMethod method)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply>
    {
        var code = method.Code.CreateDelegate<Func<TContract, TRequest, CancellationToken, Task<TReply>>>();
        context.AddUnaryMethod(
            ContractMethods.OnTheWire<TRequest, TReply>(method.Proto), [], (contract, request, call) => code(contract, request, call.CancellationToken));
    }

    private void Stream<TRequest, TReply>(ServiceMethodProviderContext<TContract> context, ContractMethod method)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply>
    {
        var code = method.Code.CreateDelegate<Func<TContract, TRequest, CancellationToken, IAsyncEnumerable<TReply>>>();
        context.AddServerStreamingMethod(ContractMethods.OnTheWire<TRequest, TReply>(method.Proto), [], async (contract, request, writer, call) =>
        {
            // A call that may go on for hours ends with the process; a short one may finish.
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, lifetime.ApplicationStopping);
            // The caller learns that it is served before the first reply, which may be long in coming.
            await call.WriteResponseHeadersAsync([]);
            await WriteAllAsync(code(contract, request, ending.Token), writer, ending);
        });
    }

    // Replies that are ready at once leave together, up to some size.
    private static async Task WriteAllAsync<TReply>(IAsyncEnumerable<TReply> replies, IServerStreamWriter<TReply> writer, CancellationTokenSource ending)
        where TReply : class, IMessage<TReply>
    {
        var (together, alone, held) = (new WriteOptions(WriteFlags.BufferHint), WriteOptions.Default, 0);
        await using var reply = replies.GetAsyncEnumerator(ending.Token);
        var more = reply.MoveNextAsync().AsTask();
        while (await more)
        {
            var current = reply.Current;
            more = reply.MoveNextAsync().AsTask();
            held += current.CalculateSize();
            var isFollowed = held < MostHeldBytes && more.IsCompletedSuccessfully && more.Result;
            if (!isFollowed) held = 0;
            writer.WriteOptions = isFollowed ? together : alone;
            try
            {
                await writer.WriteAsync(current, ending.Token);
            }
            catch
            {
                // An enumerator that still runs cannot be disposed of.
                await ending.CancelAsync();
                await ((Task)more).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }
    }
}
