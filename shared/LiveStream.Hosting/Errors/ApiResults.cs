using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveStream.Hosting.Errors;

/// <summary>Makes and writes error replies.</summary>
public static class ApiResults
{
    /// <summary>An error as an endpoint's result.</summary>
    public static JsonHttpResult<ApiError> Error(int status, string message, params string[] details) =>
        TypedResults.Json(new ApiError(status, message, details), HostingJson.Default.ApiError, statusCode: status);

    /// <summary>Writes an error where no result can be returned, for example in middleware.</summary>
    public static Task WriteErrorAsync(this HttpResponse response, int status, string message, params string[] details)
    {
        response.StatusCode = status;
        return response.WriteAsJsonAsync(
            new ApiError(status, message, details), HostingJson.Default.ApiError, cancellationToken: response.HttpContext.RequestAborted);
    }
}
