using System.Reflection;

using Google.Protobuf.Reflection;

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

    private static bool IsFor(MethodInfo method, MethodDescriptor proto)
    {
        var reply = (proto.IsServerStreaming ? typeof(IAsyncEnumerable<>) : typeof(Task<>)).MakeGenericType(proto.OutputType.ClrType);
        return method.Name == proto.Name + "Async" && !proto.IsClientStreaming && method.ReturnType == reply
            && method.GetParameters().Select(p => p.ParameterType).SequenceEqual([proto.InputType.ClrType, typeof(CancellationToken)]);
    }

    private static ArgumentException Mismatch(Type contract, ServiceDescriptor service, string what) =>
        new($"{contract.Name} is not {service.FullName}: {what}.", nameof(contract));
}
