namespace LiveStream.Signalling.Protocol;

/// <summary>
/// Codes of error replies. The client repeats requests that were answered 5xx or 429, leaves the room on any code for
/// <c>join</c>, and shows the message; everything else is final.
/// </summary>
internal static class ErrorCode
{
    public const int BadRequest = 400;
    public const int Unauthorized = 401;
    public const int Forbidden = 403;
    public const int NotFound = 404;

    /// <summary>The method belongs to a part that this server does not have.</summary>
    public const int NotSupported = 405;

    /// <summary>Not possible in the present state.</summary>
    public const int Conflict = 409;

    /// <summary>The room has ended or is locked; the client does not try again.</summary>
    public const int Gone = 410;

    public const int TooLarge = 413;

    /// <summary>The media moved: clients take the request for done, and connect anew as <c>node-info</c> tells them.</summary>
    public const int Moved = 421;

    public const int TooManyRequests = 429;
    public const int Internal = 500;
    public const int Unavailable = 503;
}

/// <summary>Why a request is not done.</summary>
/// <param name="Code">One of <see cref="ErrorCode"/>.</param>
/// <param name="Message">For people; some texts are known to clients.</param>
internal sealed record ProtocolError(int Code, string Message);
