using Grpc.Core;

using LiveStream.Contracts;

namespace LiveStream.Rpc;

/// <summary>What the failure of a call means to its caller.</summary>
public static class RpcFailures
{
    /// <summary>The same as a failure of the control contracts, which know fewer kinds.</summary>
    public static ControlException ToControlException(this RpcException failure) => new(
        failure.StatusCode switch
        {
            StatusCode.InvalidArgument or StatusCode.OutOfRange => ControlError.InvalidArgument,
            StatusCode.NotFound => ControlError.NotFound,
            StatusCode.AlreadyExists => ControlError.AlreadyExists,
            StatusCode.PermissionDenied => ControlError.PermissionDenied,
            StatusCode.ResourceExhausted => ControlError.ResourceExhausted,
            StatusCode.FailedPrecondition => ControlError.FailedPrecondition,
            StatusCode.Aborted => ControlError.Aborted,
            StatusCode.Unauthenticated => ControlError.Unauthenticated,
            // The callee gave no answer in time, or gave up: whoever calls treats it as away.
            StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled => ControlError.Unavailable,
            _ => ControlError.Internal,
        },
        failure.Status.Detail);

    /// <summary>The request has not left this process, so that any call may be repeated.</summary>
    internal static bool NeverSent(this RpcException failure) => failure.Status.DebugException
        is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    /// <summary>
    /// A connection whose probe had no answer, or that was closed in the middle of a call, is told by the handler as an error of the
    /// protocol, and by the library as INTERNAL. Here it is what it is: the other side is away.
    /// </summary>
    internal static RpcException AsLoss(this RpcException failure) => failure.StatusCode == StatusCode.Internal && IsLoss(failure.Status.DebugException)
        ? new RpcException(new Status(StatusCode.Unavailable, "the connection was lost", failure.Status.DebugException))
        : failure;

    private static bool IsLoss(Exception? exception) => exception switch
    {
        // No error and protocol error (RFC 9113 §7).
        HttpProtocolException e => e.ErrorCode is 0 or 1,
        IOException => true,
        HttpRequestException { InnerException: { } inner } => IsLoss(inner),
        _ => false,
    };
}
