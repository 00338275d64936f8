using System.Reflection;

using Google.Protobuf;
using Google.Protobuf.Reflection;

using Grpc.Core;

namespace LiveStream.Rpc.Contracts;

/// <summary>A method of a contract and the one of the proto that it stands for.</summary>
internal sealed record ContractMethod(MethodInfo Code, MethodDescriptor Proto)
{
    public Type Request => Proto.InputType.ClrType;

    public Type Reply => Proto.OutputType.ClrType;
}

/// <summary>
/// Matches a contract's interface with its service: <c>rpc Open(OpenRequest) returns (OpenReply)</c> is
/// <c>Task&lt;OpenReply&gt; OpenAsync(OpenRequest, CancellationToken)</c>, and with <c>stream</c> an
/// <c>IAsyncEnumerable&lt;OpenReply&gt;</c>.
/// </summary>
internal static class ContractMethods
{
    public static IReadOnlyList<ContractMethod> Of(Type contract, ServiceDescriptor service)
    {
        var code = contract.GetMethods();
        if (code.Length != service.Methods.Count) throw Mismatch(contract, service, $"{code.Length} methods stand for {service.Methods.Count}");
        return [.. service.Methods.Select(proto => new ContractMethod(
            code.FirstOrDefault(method => IsFor(method, proto)) ?? throw Mismatch(contract, service, $"nothing stands for {proto.Name}"), proto))];
    }

    /// <summary>The method as gRPC's library takes it, for both ends: path and messages are the proto's.</summary>
    public static Method<TRequest, TReply> OnTheWire<TRequest, TReply>(MethodDescriptor proto)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply> => new(
        proto.IsServerStreaming ? MethodType.ServerStreaming : MethodType.Unary,
        proto.Service.FullName,
        proto.Name,
        MarshallerOf<TRequest>(proto.InputType),
        MarshallerOf<TReply>(proto.OutputType));

    private static Marshaller<TMessage> MarshallerOf<TMessage>(MessageDescriptor message)
        where TMessage : class, IMessage<TMessage>
    {
        var parser = (MessageParser<TMessage>)message.Parser;
        return Marshallers.Create(Write, Read);

        // The parser's own exception is one of I/O, which would count as a lost connection.
        TMessage Read(DeserializationContext context)
        {
            try
            {
                return parser.ParseFrom(context.PayloadAsReadOnlySequence());
            }
            catch (InvalidProtocolBufferException)
            {
                throw new RpcException(new Status(StatusCode.Internal, $"this is no {message.FullName}"));
            }
        }

        static void Write(TMessage message, SerializationContext context)
        {
            context.SetPayloadLength(message.CalculateSize());
            message.WriteTo(context.GetBufferWriter());
            context.Complete();
        }
    }

    private static bool IsFor(MethodInfo method, MethodDescriptor proto)
    {
        var reply = (proto.IsServerStreaming ? typeof(IAsyncEnumerable<>) : typeof(Task<>)).MakeGenericType(proto.OutputType.ClrType);
        return method.Name == proto.Name + "Async" && !proto.IsClientStreaming && method.ReturnType == reply
            && method.GetParameters().Select(p => p.ParameterType).SequenceEqual([proto.InputType.ClrType, typeof(CancellationToken)]);
    }

    private static ArgumentException Mismatch(Type contract, ServiceDescriptor service, string what) =>
        new($"{contract.Name} is not {service.FullName}: {what}.", nameof(contract));
}
