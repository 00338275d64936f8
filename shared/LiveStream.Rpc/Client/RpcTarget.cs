using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace LiveStream.Rpc.Client;

/// <summary>What a client needs of a method's descriptor.</summary>
internal sealed class RpcTarget(MethodDescriptor method)
{
    public string Path { get; } = $"/{method.Service.FullName}/{method.Name}";

    public MessageParser Replies { get; } = method.OutputType.Parser;

    public bool IsIdempotent { get; } = method.GetOptions()?.IdempotencyLevel
        is MethodOptions.Types.IdempotencyLevel.NoSideEffects or MethodOptions.Types.IdempotencyLevel.Idempotent;
}
