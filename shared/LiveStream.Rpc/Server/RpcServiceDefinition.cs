using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace LiveStream.Rpc.Server;

/// <summary>
/// A service of a proto with the code behind its methods. Names, paths and message types are the descriptor's: a method that the
/// proto does not have, or has with other types, is refused when it is bound.
/// </summary>
public sealed class RpcServiceDefinition
{
    private readonly Dictionary<string, RpcMethod> _methods = new(StringComparer.Ordinal);

    /// <summary>Begins without methods; those that are never bound are answered UNIMPLEMENTED.</summary>
    public RpcServiceDefinition(ServiceDescriptor descriptor) => Descriptor = descriptor;

    /// <summary>The service.</summary>
    public ServiceDescriptor Descriptor { get; }

    /// <summary>Answered without the shared token; for what tells nothing about anybody.</summary>
    public bool Open { get; init; }

    internal IEnumerable<RpcMethod> Methods => _methods.Values;

    /// <summary>Binds a method with one request and one reply.</summary>
    public RpcServiceDefinition Unary<TRequest, TReply>(string name, Func<TRequest, CancellationToken, Task<TReply>> handler)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply> =>
        Add<TRequest, TReply>(name, clientStreams: false, serverStreams: false, method => new UnaryMethod<TRequest, TReply>(method, Open, handler));

    /// <summary>Binds a method with one request and many replies. The handler obeys its token.</summary>
    public RpcServiceDefinition ServerStreaming<TRequest, TReply>(string name, Func<TRequest, CancellationToken, IAsyncEnumerable<TReply>> handler)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply> =>
        Add<TRequest, TReply>(name, clientStreams: false, serverStreams: true, method => new ServerStreamingMethod<TRequest, TReply>(method, Open, handler));

    /// <summary>Binds a method with many requests and many replies. The handler obeys its token.</summary>
    public RpcServiceDefinition Duplex<TRequest, TReply>(
        string name, Func<IAsyncEnumerable<TRequest>, CancellationToken, IAsyncEnumerable<TReply>> handler)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply> =>
        Add<TRequest, TReply>(name, clientStreams: true, serverStreams: true, method => new DuplexMethod<TRequest, TReply>(method, Open, handler));

    private RpcServiceDefinition Add<TRequest, TReply>(string name, bool clientStreams, bool serverStreams, Func<MethodDescriptor, RpcMethod> make)
    {
        var method = Descriptor.FindMethodByName(name) ?? throw new ArgumentException($"{Descriptor.FullName} has no method {name}", nameof(name));
        if (method.InputType.ClrType != typeof(TRequest) || method.OutputType.ClrType != typeof(TReply)
            || method.IsClientStreaming != clientStreams || method.IsServerStreaming != serverStreams)
        {
            throw new ArgumentException($"{method.FullName} has another shape", nameof(name));
        }

        _methods.Add(name, make(method));
        return this;
    }
}
