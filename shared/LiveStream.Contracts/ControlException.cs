namespace LiveStream.Contracts;

/// <summary>Why a control call failed; the names and numbers are those of the gRPC status codes.</summary>
public enum ControlError
{
    /// <summary>The fault is on the callee's side and unexpected.</summary>
    Internal = 13,
    /// <summary>The request itself is wrong, for example broken SDP.</summary>
    InvalidArgument = 3,
    /// <summary>The room, transport, track or stream is not here.</summary>
    NotFound = 5,
    /// <summary>The id is taken.</summary>
    AlreadyExists = 6,
    /// <summary>The caller may not do this.</summary>
    PermissionDenied = 7,
    /// <summary>A limit of the node is reached.</summary>
    ResourceExhausted = 8,
    /// <summary>Not possible in the present state.</summary>
    FailedPrecondition = 9,
    /// <summary>What the call builds on is lost; the caller has to begin anew.</summary>
    Aborted = 10,
    /// <summary>The callee is away or shutting down; the call may be repeated.</summary>
    Unavailable = 14,
    /// <summary>No valid credentials.</summary>
    Unauthenticated = 16,
}

/// <summary>A control call between services failed; carried as a gRPC status between processes.</summary>
public sealed class ControlException : Exception
{
    /// <summary>Makes a failure with a text that may be shown to the caller.</summary>
    public ControlException(ControlError error, string message)
        : base(message) => Error = error;

    /// <summary>The kind of failure.</summary>
    public ControlError Error { get; }
}
