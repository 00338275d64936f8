using System.Net;
using System.Security.Cryptography;
using System.Text;

using Grpc.Reflection;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Rpc.Server;

/// <summary>The port of gRPC. HTTP/2 alone: without TLS there is nothing to agree by, so that it cannot be shared with HTTP/1.1.</summary>
internal sealed class RpcPort(IOptions<RpcOptions> options) : IConfigureOptions<KestrelServerOptions>
{
    /// <summary>A connection came to this port.</summary>
    public static bool Has(HttpContext http) => http.Features.Get<RpcPort>() is not null;

    /// <inheritdoc/>
    public void Configure(KestrelServerOptions kestrel)
    {
        var rpc = options.Value;
        kestrel.Limits.Http2.MaxStreamsPerConnection = rpc.MaxCallsPerConnection;
        kestrel.Limits.Http2.KeepAlivePingDelay = rpc.KeepAliveDelay;
        kestrel.Limits.Http2.KeepAlivePingTimeout = rpc.KeepAliveTimeout;
        kestrel.Listen(IPAddress.Parse(rpc.Address), rpc.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => connection =>
            {
                connection.Features.Set(this);
                return next(connection);
            });
        });
    }
}

/// <summary>
/// Before every other middleware: nothing else of the process is reached by that port, and gRPC by no other. A refusal costs
/// nothing, as the token is looked at before the body.
/// </summary>
internal sealed class RpcFirst(ServedContracts served, IOptions<RpcOptions> options, ILogger<RpcFirst> logger) : IStartupFilter
{
    private const string Bearer = "Bearer ";

    private static readonly PathString s_health = "/" + Grpc.Health.V1.Health.Descriptor.FullName;

    private readonly byte[] _token = SHA256.HashData(Encoding.UTF8.GetBytes(options.Value.Token));

    /// <inheritdoc/>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        var grpc = new ApplicationBuilder(app.ApplicationServices);
        grpc.UseRouting();
        grpc.UseEndpoints(endpoints =>
        {
            served.Map(endpoints);
            endpoints.MapGrpcService<HealthService>();
            endpoints.MapGrpcService<ReflectionV1ServiceImpl>();
        });
        var serve = grpc.Build();
        app.Use(rest => http => RpcPort.Has(http) ? ServeAsync(http, serve) : rest(http));
        next(app);
    };

    /// <summary>What tools such as grpcurl may read of the protos.</summary>
    public static ReflectionV1ServiceImpl Reflection(ServedContracts served) =>
        new(served.Services.Append(Grpc.Health.V1.Health.Descriptor).Append(Grpc.Reflection.V1.ServerReflection.Descriptor));

    private Task ServeAsync(HttpContext http, RequestDelegate serve)
    {
        if (!http.Request.Path.StartsWithSegments(s_health) && !HasToken(http.Request))
        {
            logger.CallerRefused(http.Connection.RemoteIpAddress);
            // gRPC's own form of a status without a call.
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-status"] = "16";
            http.Response.Headers["grpc-message"] = "the token of the platform is missing or another one";
            return Task.CompletedTask;
        }

        // Messages have a limit of their own, and calls a deadline. A body that is read late, since this process is busy, is no slow caller:
        // for one such the server would end the connection, with all other calls on it.
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        return serve(http);
    }

    // Digests are of one length: the comparison takes the same time whatever was sent.
    private bool HasToken(HttpRequest request)
    {
        var sent = request.Headers.Authorization.ToString();
        return sent.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(sent[Bearer.Length..])), _token);
    }
}
