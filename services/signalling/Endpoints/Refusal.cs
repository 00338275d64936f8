using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LiveStream.Contracts;
using Microsoft.AspNetCore.Http;

namespace LiveStream.Signalling.Endpoints;

/// <summary>A reply that says no: a status, its headers and a JSON body <c>{"code","message","details"}</c>.</summary>
internal sealed record Refusal(int Status, string Message) : IResult
{
    /// <summary>Header fields that the status asks for, such as <c>Allow</c> with 405.</summary>
    public (string Name, string Value)? Header { get; init; }

    /// <summary>Why the bearer token is not good enough (RFC 6750 §3); a missing token has no error code.</summary>
    public static Refusal Unauthorized(string message, bool tokenGiven) => new(StatusCodes.Status401Unauthorized, message)
    {
        Header = ("WWW-Authenticate", tokenGiven ? "Bearer error=\"invalid_token\"" : "Bearer"),
    };

    /// <summary>Asks the client to come back later (RFC 9725 §4.5).</summary>
    public static Refusal Later(int status, string message, TimeSpan retryAfter) => new(status, message)
    {
        Header = ("Retry-After", Math.Ceiling(retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
    };

    /// <summary>The one place that turns failures between services into HTTP statuses.</summary>
    public static Refusal Of(ControlException failure, TimeSpan retryAfter) => failure.Error switch
    {
        ControlError.InvalidArgument => new(StatusCodes.Status400BadRequest, failure.Message),
        ControlError.Unauthenticated => Unauthorized(failure.Message, tokenGiven: true),
        ControlError.PermissionDenied => new(StatusCodes.Status403Forbidden, failure.Message),
        ControlError.NotFound => new(StatusCodes.Status404NotFound, failure.Message),
        ControlError.AlreadyExists or ControlError.FailedPrecondition => new(StatusCodes.Status409Conflict, failure.Message),
        ControlError.ResourceExhausted or ControlError.Unavailable =>
            Later(StatusCodes.Status503ServiceUnavailable, failure.Message, retryAfter),
        // What went wrong inside is for the log, not for the client.
        _ => new(StatusCodes.Status500InternalServerError, "internal error"),
    };

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        if (Header is var (name, value)) response.Headers[name] = value;
        return response.WriteAsJsonAsync(new RefusalBody(Status, Message, []), RefusalJson.Default.RefusalBody);
    }
}

internal sealed record RefusalBody(int Code, string Message, string[] Details);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RefusalBody))]
internal sealed partial class RefusalJson : JsonSerializerContext;
