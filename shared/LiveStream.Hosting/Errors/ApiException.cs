namespace LiveStream.Hosting.Errors;

/// <summary>A refusal that is answered as it stands: status, short message and details of the error body.</summary>
public sealed class ApiException(int status, string message, params string[] details) : Exception(message)
{
    /// <summary>HTTP status, 400 to 599.</summary>
    public int Status { get; } = status;

    /// <summary>Further texts.</summary>
    public IReadOnlyList<string> Details { get; } = details;

    /// <summary>A field of the body, or the body itself, is wrong.</summary>
    public static ApiException InvalidBody(string what) => new(400, "Invalid body param", "Invalid body param: " + what);
}
