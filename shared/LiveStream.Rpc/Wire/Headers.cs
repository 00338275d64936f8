using System.Globalization;

namespace LiveStream.Rpc.Wire;

/// <summary>Names and fixed values of the protocol's headers.</summary>
internal static class Headers
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Identity = "identity";
    public const string PreviousAttempts = "grpc-previous-rpc-attempts";
    public const string Bearer = "Bearer ";

    /// <summary><c>application/grpc</c>, with a subtype of protobuf or none.</summary>
    public static bool IsGrpc(string? contentType)
    {
        if (contentType is null || !contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)) return false;
        var rest = contentType.AsSpan(ContentType.Length);
        return rest.IsEmpty || rest[0] == ';' || (rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase) && (rest.Length == 6 || rest[6] == ';'));
    }

    /// <summary>The status as it is written; a number that nobody defined is UNKNOWN.</summary>
    public static RpcStatusCode StatusOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= (int)RpcStatusCode.Unauthenticated
            ? (RpcStatusCode)code
            : RpcStatusCode.Unknown;
}
