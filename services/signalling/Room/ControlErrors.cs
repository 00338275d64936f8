using LiveStream.Contracts;
using LiveStream.Signalling.Protocol;

namespace LiveStream.Signalling.Room;

/// <summary>The one place that turns failures between services into codes of the client protocol.</summary>
internal static class ControlErrors
{
    /// <summary>What a client is told.</summary>
    public static ProtocolError Of(ControlException failure) => failure.Error switch
    {
        ControlError.InvalidArgument => new(ErrorCode.BadRequest, failure.Message),
        ControlError.Unauthenticated => new(ErrorCode.Unauthorized, failure.Message),
        ControlError.PermissionDenied => new(ErrorCode.Forbidden, failure.Message),
        ControlError.NotFound => new(ErrorCode.NotFound, failure.Message),
        ControlError.AlreadyExists or ControlError.FailedPrecondition => new(ErrorCode.Conflict, failure.Message),
        ControlError.ResourceExhausted => new(ErrorCode.TooManyRequests, failure.Message),
        ControlError.Aborted => new(ErrorCode.Moved, failure.Message),
        ControlError.Unavailable => new(ErrorCode.Unavailable, failure.Message),
        // What went wrong inside is for the log, not for the client.
        _ => new(ErrorCode.Internal, "internal error"),
    };
}
