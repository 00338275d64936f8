using LiveStream.Contracts;

namespace LiveStream.Rpc;

/// <summary>A call ended with another status than OK.</summary>
public sealed class RpcException : Exception
{
    /// <summary>Makes a failure with a text that the other side may see.</summary>
    public RpcException(RpcStatusCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>The status.</summary>
    public RpcStatusCode Code { get; }

    /// <summary>The request has not left this process, so that any call may be repeated.</summary>
    internal bool NeverSent { get; init; }

    /// <summary>The same as a failure of the control contracts, which know fewer kinds.</summary>
    public ControlException ToControlException() => new(
        Code switch
        {
            RpcStatusCode.InvalidArgument or RpcStatusCode.OutOfRange => ControlError.InvalidArgument,
            RpcStatusCode.NotFound => ControlError.NotFound,
            RpcStatusCode.AlreadyExists => ControlError.AlreadyExists,
            RpcStatusCode.PermissionDenied => ControlError.PermissionDenied,
            RpcStatusCode.ResourceExhausted => ControlError.ResourceExhausted,
            RpcStatusCode.FailedPrecondition => ControlError.FailedPrecondition,
            RpcStatusCode.Aborted => ControlError.Aborted,
            RpcStatusCode.Unauthenticated => ControlError.Unauthenticated,
            // The callee gave no answer in time, or gave up: whoever calls treats it as away.
            RpcStatusCode.Unavailable or RpcStatusCode.DeadlineExceeded or RpcStatusCode.Cancelled => ControlError.Unavailable,
            _ => ControlError.Internal,
        },
        Message);
}
