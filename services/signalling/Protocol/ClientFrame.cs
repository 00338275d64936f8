using System.Text.Json;

namespace LiveStream.Signalling.Protocol;

/// <summary>The id of a request, as JSON text: a string with its quotes, or an integer. Echoed as it came.</summary>
internal readonly record struct RequestId(string Json);

/// <summary>One frame of a client: a request when it has an id, else a notification.</summary>
/// <param name="Method">What is asked or told; 1 to 64 characters.</param>
/// <param name="Id">Null for a notification.</param>
/// <param name="Params">An object; empty where the frame had none. Owns its memory.</param>
internal sealed record ClientFrame(string Method, RequestId? Id, JsonElement Params);

/// <summary>What is wrong with a frame.</summary>
internal enum FrameError
{
    None,
    /// <summary>Not JSON, not UTF-8, nested too deep, or a name twice.</summary>
    NotJson,
    /// <summary>JSON, but no object.</summary>
    NotAnObject,
    /// <summary>No method, or one that is no text of 1 to 64 characters.</summary>
    BadMethod,
    /// <summary>An id that is neither a non-empty text nor an integer, or too long.</summary>
    BadId,
    /// <summary>Params that are no object.</summary>
    BadParams,
}
