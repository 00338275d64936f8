using System.Runtime.CompilerServices;

using Google.Protobuf.Reflection;

using LiveStream.Rpc.Reflection.V1;

namespace LiveStream.Rpc.Server;

/// <summary><c>grpc.reflection.v1.ServerReflection</c>: tools such as grpcurl read the protos from the running server.</summary>
internal sealed class ReflectionService(RpcServer server)
{
    public RpcServiceDefinition Define() => new RpcServiceDefinition(ReflectionReflection.Descriptor.Services[0])
        .Duplex<ServerReflectionRequest, ServerReflectionResponse>("ServerReflectionInfo", AnswerAsync);

    private async IAsyncEnumerable<ServerReflectionResponse> AnswerAsync(
        IAsyncEnumerable<ServerReflectionRequest> requests, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A file and what it imports go out once for each stream.
        var sent = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var request in requests.WithCancellation(cancellationToken))
        {
            var response = Answer(request, sent);
            response.ValidHost = request.Host;
            response.OriginalRequest = request;
            yield return response;
        }
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request, HashSet<string> sent) => request.MessageRequestCase switch
    {
        ServerReflectionRequest.MessageRequestOneofCase.ListServices => new ServerReflectionResponse
        {
            ListServicesResponse = new ListServiceResponse { Service = { server.Services.Select(s => new ServiceResponse { Name = s.Descriptor.FullName }) } },
        },
        ServerReflectionRequest.MessageRequestOneofCase.FileByFilename => FileOf(Files().FirstOrDefault(f => f.Name == request.FileByFilename), sent),
        ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol =>
            FileOf(Files().FirstOrDefault(f => SymbolsOf(f).Contains(request.FileContainingSymbol, StringComparer.Ordinal)), sent),
        // No proto here has extensions.
        ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType or ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension =>
            Error(RpcStatusCode.NotFound, "there are no extensions"),
        _ => Error(RpcStatusCode.InvalidArgument, "nothing is asked"),
    };

    private static ServerReflectionResponse FileOf(FileDescriptor? file, HashSet<string> sent)
    {
        if (file is null) return Error(RpcStatusCode.NotFound, "not found");
        var reply = new FileDescriptorResponse { FileDescriptorProto = { file.SerializedData } };
        sent.Add(file.Name);
        foreach (var imported in WithImports(file).Where(imported => sent.Add(imported.Name))) reply.FileDescriptorProto.Add(imported.SerializedData);
        return new ServerReflectionResponse { FileDescriptorResponse = reply };
    }

    private static ServerReflectionResponse Error(RpcStatusCode code, string message) =>
        new() { ErrorResponse = new ErrorResponse { ErrorCode = (int)code, ErrorMessage = message } };

    private IEnumerable<FileDescriptor> Files() => server.Services.SelectMany(service => WithImports(service.Descriptor.File)).DistinctBy(file => file.Name);

    private static IEnumerable<FileDescriptor> WithImports(FileDescriptor file) => file.Dependencies.SelectMany(WithImports).Prepend(file);

    private static IEnumerable<string> SymbolsOf(FileDescriptor file) =>
    [
        .. file.Services.SelectMany(s => s.Methods.Select(m => m.FullName).Prepend(s.FullName)),
        .. file.MessageTypes.SelectMany(SymbolsOf),
        .. file.EnumTypes.Select(e => e.FullName),
    ];

    private static IEnumerable<string> SymbolsOf(MessageDescriptor message) =>
    [
        message.FullName,
        .. message.Fields.InDeclarationOrder().Select(f => f.FullName),
        .. message.EnumTypes.Select(e => e.FullName),
        .. message.NestedTypes.SelectMany(SymbolsOf),
    ];
}
