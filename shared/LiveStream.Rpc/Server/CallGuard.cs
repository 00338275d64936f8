using System.Data.Common;
using System.Diagnostics;

using Grpc.Core;
using Grpc.Core.Interceptors;

using LiveStream.Contracts;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveStream.Rpc.Server;

/// <summary>Around every call that is served: its span, and which status a failure becomes.</summary>
internal sealed class CallGuard(IHostApplicationLifetime lifetime, ILogger<CallGuard> logger) : Interceptor
{
    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        using var span = RpcTracing.Serving(context);
        try
        {
            var reply = await continuation(request, context);
            span.Ended(StatusCode.OK);
            return reply;
        }
        catch (Exception e)
        {
            throw Failure(e, context, span);
        }
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception e)
        {
            throw Failure(e, context, span: null);
        }
    }

    /// <inheritdoc/>
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        // Reflection, which may be held open for hours: it is reset when the process ends. A status would leave the reader of its requests
        // waiting, and with that now and then the whole process.
        await using var ending = lifetime.ApplicationStopping.Register(context.GetHttpContext().Abort);
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception e)
        {
            throw Failure(e, context, span: null);
        }
    }

    private RpcException Failure(Exception exception, ServerCallContext context, Activity? span)
    {
        var status = StatusOf(exception, context);
        span.Ended(status.StatusCode);
        return new RpcException(status, exception.Message);
    }

    private Status StatusOf(Exception exception, ServerCallContext context)
    {
        switch (exception)
        {
            case RpcException e:
                return e.Status;
            // Nobody reads the status; the span has it.
            case Exception when context.CancellationToken.IsCancellationRequested:
                return context.Deadline <= DateTime.UtcNow ? new Status(StatusCode.DeadlineExceeded, "the deadline is over") : new Status(StatusCode.Cancelled, "the caller left");
            case ControlException e:
                return new Status((StatusCode)e.Error, e.Message);
            case OperationCanceledException when lifetime.ApplicationStopping.IsCancellationRequested:
                return new Status(StatusCode.Unavailable, "shutting down");
            case DbException { IsTransient: true } e:
                logger.StoreUnavailable(e, context.Method);
                return new Status(StatusCode.Unavailable, "the database is not available");
            default:
                // The outermost guard: what went wrong inside is told to the log, not to the caller.
                logger.CallFailed(exception, context.Method);
                return new Status(StatusCode.Internal, "internal error");
        }
    }
}
