using System.Data.Common;
using System.Security.Cryptography;
using System.Text;

using LiveStream.Contracts;
using LiveStream.Rpc.Wire;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Rpc.Server;

/// <summary>
/// Everything that arrives at the port of gRPC. A refusal costs nothing: the token is looked at before the body, the length of a
/// message before the message.
/// </summary>
internal sealed class RpcServer(IOptions<RpcOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<RpcServer> logger)
{
    private readonly RpcOptions _options = options.Value;
    private readonly byte[] _token = SHA256.HashData(Encoding.UTF8.GetBytes(options.Value.Token));
    private readonly Dictionary<string, RpcMethod> _methods = new(StringComparer.Ordinal);
    private readonly List<RpcServiceDefinition> _services = [];

    /// <summary>What is served; complete before the first call.</summary>
    public IReadOnlyList<RpcServiceDefinition> Services => _services;

    public void Add(RpcServiceDefinition service)
    {
        if (_services.Any(known => known.Descriptor.FullName == service.Descriptor.FullName))
            throw new InvalidOperationException($"{service.Descriptor.FullName} is served already.");
        _services.Add(service);
        foreach (var method in service.Methods) _methods.Add(method.Path, method);
    }

    public async Task ServeAsync(HttpContext http)
    {
        var (request, response) = (http.Request, http.Response);
        if (!HttpMethods.IsPost(request.Method) || !Headers.IsGrpc(request.ContentType))
        {
            response.StatusCode = HttpMethods.IsPost(request.Method) ? StatusCodes.Status415UnsupportedMediaType : StatusCodes.Status405MethodNotAllowed;
            return;
        }

        var method = _methods.GetValueOrDefault(request.Path.Value ?? "");
        if (method is not { Open: true } && !HasToken(request))
        {
            RpcServerCall.Refuse(response, RpcStatusCode.Unauthenticated, "the token of the platform is missing or another one");
            logger.CallerRefused(http.Connection.RemoteIpAddress);
        }
        else if (method is null)
        {
            RpcServerCall.Refuse(response, RpcStatusCode.Unimplemented, "no such method");
        }
        else if (request.Headers[Headers.Encoding].ToString() is not ("" or Headers.Identity))
        {
            response.Headers[Headers.AcceptEncoding] = Headers.Identity;
            RpcServerCall.Refuse(response, RpcStatusCode.Unimplemented, "compressed messages are not understood");
        }
        else if (!TryReadTimeout(request, out var timeout))
        {
            RpcServerCall.Refuse(response, RpcStatusCode.Internal, "grpc-timeout cannot be read");
        }
        else
        {
            await ServeAsync(http, method, timeout);
        }
    }

    private async Task ServeAsync(HttpContext http, RpcMethod method, TimeSpan? timeout)
    {
        var stopping = method.EndsWithProcess ? lifetime.ApplicationStopping : CancellationToken.None;
        using var call = new RpcServerCall(http, timeout, time, _options.MaxMessageBytes, stopping);
        using var span = RpcTracing.Serving(method.Descriptor, http.Request);
        try
        {
            await method.ServeAsync(call);
            call.Finish(RpcStatusCode.Ok, "");
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller left; nobody reads the status.
        }
        catch (RpcException e)
        {
            call.Finish(e.Code, e.Message);
        }
        catch (ControlException e)
        {
            call.Finish((RpcStatusCode)e.Error, e.Message);
        }
        catch (OperationCanceledException) when (call.IsLate)
        {
            call.Finish(RpcStatusCode.DeadlineExceeded, "the deadline is over");
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            call.Finish(RpcStatusCode.Unavailable, "shutting down");
        }
        catch (DbException e) when (e.IsTransient)
        {
            logger.StoreUnavailable(e, method.Path);
            call.Finish(RpcStatusCode.Unavailable, "the database is not available");
        }
        catch (Exception e)
        {
            // The outermost guard: what went wrong inside is told to the log, not to the caller.
            logger.CallFailed(e, method.Path);
            call.Finish(RpcStatusCode.Internal, "internal error");
        }

        span.Ended(call.Code);
    }

    // Digests are of one length: the comparison takes the same time whatever was sent.
    private bool HasToken(HttpRequest request)
    {
        var sent = request.Headers.Authorization.ToString();
        return sent.StartsWith(Headers.Bearer, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(sent[Headers.Bearer.Length..])), _token);
    }

    private static bool TryReadTimeout(HttpRequest request, out TimeSpan? timeout)
    {
        timeout = null;
        if (request.Headers[Headers.Timeout].ToString() is not { Length: > 0 } text) return true;
        var read = CallTimeout.TryParse(text, out var value);
        timeout = value;
        return read;
    }
}
