using System.Runtime.CompilerServices;

using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace LiveStream.Rpc.Server;

/// <summary>A method that is served.</summary>
internal abstract class RpcMethod(MethodDescriptor descriptor, bool open)
{
    // Replies that are ready at once leave together, up to this.
    private const int MostUnflushedBytes = 64 * 1024;

    public MethodDescriptor Descriptor { get; } = descriptor;

    public bool Open { get; } = open;

    public string Path { get; } = $"/{descriptor.Service.FullName}/{descriptor.Name}";

    /// <summary>A call that may go on for hours ends with the process; a short one may finish.</summary>
    public bool EndsWithProcess => Descriptor.IsServerStreaming || Descriptor.IsClientStreaming;

    public abstract Task ServeAsync(RpcServerCall call);

    protected async Task<TRequest> ReadOnlyRequestAsync<TRequest>(RpcServerCall call)
        where TRequest : class, IMessage<TRequest>
    {
        var request = await call.ReadAsync(Descriptor.InputType.Parser) ?? throw new RpcException(RpcStatusCode.Internal, "the request is missing");
        return await call.ReadAsync(Descriptor.InputType.Parser) is null
            ? (TRequest)request
            : throw new RpcException(RpcStatusCode.Internal, "more than one request");
    }

    protected static async Task WriteAllAsync<TReply>(RpcServerCall call, IAsyncEnumerable<TReply> replies)
        where TReply : class, IMessage<TReply>
    {
        // The caller learns that it is served before the first reply, which may be long in coming.
        await call.StartAsync();
        await using var next = replies.GetAsyncEnumerator(call.Token);
        while (true)
        {
            var more = next.MoveNextAsync();
            if (call.UnflushedBytes > 0 && (!more.IsCompleted || call.UnflushedBytes > MostUnflushedBytes)) await call.FlushAsync();
            if (!await more) return;
            call.Write(next.Current);
        }
    }
}

/// <summary>One request, one reply.</summary>
internal sealed class UnaryMethod<TRequest, TReply>(MethodDescriptor descriptor, bool open, Func<TRequest, CancellationToken, Task<TReply>> handler)
    : RpcMethod(descriptor, open)
    where TRequest : class, IMessage<TRequest>
    where TReply : class, IMessage<TReply>
{
    public override async Task ServeAsync(RpcServerCall call)
    {
        var request = await ReadOnlyRequestAsync<TRequest>(call);
        // The deadline holds for a handler that does not look at its token too.
        call.Write(await handler(request, call.Token).WaitAsync(call.Token));
    }
}

/// <summary>One request, many replies.</summary>
internal sealed class ServerStreamingMethod<TRequest, TReply>(
    MethodDescriptor descriptor, bool open, Func<TRequest, CancellationToken, IAsyncEnumerable<TReply>> handler) : RpcMethod(descriptor, open)
    where TRequest : class, IMessage<TRequest>
    where TReply : class, IMessage<TReply>
{
    public override async Task ServeAsync(RpcServerCall call) =>
        await WriteAllAsync(call, handler(await ReadOnlyRequestAsync<TRequest>(call), call.Token));
}

/// <summary>Many requests, many replies.</summary>
internal sealed class DuplexMethod<TRequest, TReply>(
    MethodDescriptor descriptor, bool open, Func<IAsyncEnumerable<TRequest>, CancellationToken, IAsyncEnumerable<TReply>> handler)
    : RpcMethod(descriptor, open)
    where TRequest : class, IMessage<TRequest>
    where TReply : class, IMessage<TReply>
{
    public override Task ServeAsync(RpcServerCall call) => WriteAllAsync(call, handler(ReadAllAsync(call, call.Token), call.Token));

    private async IAsyncEnumerable<TRequest> ReadAllAsync(RpcServerCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await call.ReadAsync(Descriptor.InputType.Parser) is { } request)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return (TRequest)request;
        }
    }
}
