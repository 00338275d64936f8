namespace LiveStream.Rpc;

/// <summary>Status codes of gRPC; the numbers are those on the wire.</summary>
public enum RpcStatusCode
{
    /// <summary>The call succeeded.</summary>
    Ok = 0,
    /// <summary>The caller does not want it any more.</summary>
    Cancelled = 1,
    /// <summary>A failure that says nothing more.</summary>
    Unknown = 2,
    /// <summary>The request itself is wrong.</summary>
    InvalidArgument = 3,
    /// <summary>The time that the caller gave is over.</summary>
    DeadlineExceeded = 4,
    /// <summary>What the call is about is not here.</summary>
    NotFound = 5,
    /// <summary>The id is taken.</summary>
    AlreadyExists = 6,
    /// <summary>The caller may not do this.</summary>
    PermissionDenied = 7,
    /// <summary>A limit is reached, that of a message's size too.</summary>
    ResourceExhausted = 8,
    /// <summary>Not possible in the present state.</summary>
    FailedPrecondition = 9,
    /// <summary>What the call builds on is lost.</summary>
    Aborted = 10,
    /// <summary>Beyond the end.</summary>
    OutOfRange = 11,
    /// <summary>No such method, or a feature of the protocol that is not there.</summary>
    Unimplemented = 12,
    /// <summary>The fault is on the callee's side and unexpected.</summary>
    Internal = 13,
    /// <summary>The callee is away; the call may be repeated.</summary>
    Unavailable = 14,
    /// <summary>Data is lost for good.</summary>
    DataLoss = 15,
    /// <summary>No valid credentials.</summary>
    Unauthenticated = 16,
}
