using System.Data.Common;

using LiveStream.Contracts;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveStream.Hosting.Errors;

/// <summary>Gives every failure that an endpoint does not answer itself the documented error body.</summary>
internal static class ErrorPages
{
    public static void UseErrorPages(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = AnswerExceptionAsync, SuppressDiagnosticsCallback = _ => true });
        // Routing and the server answer 404, 405, 413 and 415 with an empty body.
        app.UseStatusCodePages(context =>
            context.HttpContext.Response.WriteErrorAsync(
                context.HttpContext.Response.StatusCode, MessageOf(context.HttpContext.Response.StatusCode)));
    }

    /// <summary>The HTTP status that a failed control call becomes.</summary>
    public static int StatusOf(ControlError error) => error switch
    {
        ControlError.InvalidArgument => StatusCodes.Status400BadRequest,
        ControlError.Unauthenticated => StatusCodes.Status401Unauthorized,
        ControlError.PermissionDenied => StatusCodes.Status403Forbidden,
        ControlError.NotFound => StatusCodes.Status404NotFound,
        ControlError.AlreadyExists or ControlError.FailedPrecondition => StatusCodes.Status409Conflict,
        ControlError.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        ControlError.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static Task AnswerExceptionAsync(HttpContext context)
    {
        var exception = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        switch (exception)
        {
            // The client left; nobody reads the answer.
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return Task.CompletedTask;
            case BadHttpRequestException bad:
                return context.Response.WriteErrorAsync(bad.StatusCode, MessageOf(bad.StatusCode), bad.Message);
            case ApiException refusal:
                return context.Response.WriteErrorAsync(refusal.Status, refusal.Message, [.. refusal.Details]);
            case ControlException control:
                return context.Response.WriteErrorAsync(StatusOf(control.Error), control.Message);
            case not null when IsTransient(exception):
                LogOf(context).StoreUnavailable(exception, context.Request.Method, context.Request.Path.Value ?? "");
                return context.Response.WriteErrorAsync(StatusCodes.Status503ServiceUnavailable, MessageOf(StatusCodes.Status503ServiceUnavailable));
            default:
                LogOf(context).RequestFailed(exception, context.Request.Method, context.Request.Path.Value ?? "");
                return context.Response.WriteErrorAsync(StatusCodes.Status500InternalServerError, "internal error");
        }
    }

    private static ILogger LogOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("LiveStream.Hosting");

    // The database cannot be reached or has no connection to spare: the same request may succeed later.
    private static bool IsTransient(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is DbException { IsTransient: true }) return true;
        }

        return false;
    }

    private static string MessageOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "bad request",
        StatusCodes.Status401Unauthorized => "Token validation error",
        StatusCodes.Status403Forbidden => "forbidden",
        StatusCodes.Status404NotFound => "not found",
        StatusCodes.Status405MethodNotAllowed => "method not allowed",
        StatusCodes.Status408RequestTimeout => "request timeout",
        StatusCodes.Status413PayloadTooLarge => "request body too large",
        StatusCodes.Status415UnsupportedMediaType => "unsupported media type",
        StatusCodes.Status429TooManyRequests => "too many requests",
        StatusCodes.Status503ServiceUnavailable => "service unavailable",
        >= 500 => "internal error",
        _ => "bad request",
    };
}
