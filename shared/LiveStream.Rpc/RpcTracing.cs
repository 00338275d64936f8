using System.Diagnostics;

using Google.Protobuf.Reflection;

using Microsoft.AspNetCore.Http;

namespace LiveStream.Rpc;

/// <summary>
/// Spans of calls, by the names of OpenTelemetry. The trace travels as <c>traceparent</c>, which <c>SocketsHttpHandler</c> writes.
/// Watches have none: a span of hours tells nothing.
/// </summary>
internal static class RpcTracing
{
    private static readonly ActivitySource s_source = new("LiveStream.Rpc");

    public static Activity? Calling(MethodDescriptor method) => Describe(s_source.StartActivity(NameOf(method), ActivityKind.Client), method);

    public static Activity? Serving(MethodDescriptor method, HttpRequest request)
    {
        if (!s_source.HasListeners() || method.IsServerStreaming) return null;
        ActivityContext.TryParse(request.Headers.TraceParent, request.Headers.TraceState, isRemote: true, out var caller);
        return Describe(s_source.StartActivity(NameOf(method), ActivityKind.Server, Activity.Current?.Context ?? caller), method);
    }

    /// <summary>How the call ended.</summary>
    public static void Ended(this Activity? span, RpcStatusCode code)
    {
        span?.SetTag("rpc.grpc.status_code", (int)code);
        if (code != RpcStatusCode.Ok) span?.SetStatus(ActivityStatusCode.Error, code.ToString());
    }

    private static string NameOf(MethodDescriptor method) => $"{method.Service.FullName}/{method.Name}";

    private static Activity? Describe(Activity? span, MethodDescriptor method) =>
        span?.SetTag("rpc.system", "grpc").SetTag("rpc.service", method.Service.FullName).SetTag("rpc.method", method.Name);
}
