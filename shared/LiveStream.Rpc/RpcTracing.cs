using System.Diagnostics;

using Grpc.Core;

namespace LiveStream.Rpc;

/// <summary>
/// Spans of calls, by the names of OpenTelemetry. The trace travels as <c>traceparent</c>, which <c>SocketsHttpHandler</c> writes.
/// Watches have none: a span of hours tells nothing.
/// </summary>
internal static class RpcTracing
{
    private static readonly ActivitySource s_source = new("LiveStream.Rpc");

    public static Activity? Calling(IMethod method) => Describe(s_source.StartActivity(NameOf(method.FullName), ActivityKind.Client), method.FullName);

    public static Activity? Serving(ServerCallContext call)
    {
        if (!s_source.HasListeners()) return null;
        ActivityContext.TryParse(call.RequestHeaders.GetValue("traceparent"), call.RequestHeaders.GetValue("tracestate"), isRemote: true, out var caller);
        return Describe(s_source.StartActivity(NameOf(call.Method), ActivityKind.Server, Activity.Current?.Context ?? caller), call.Method);
    }

    /// <summary>How the call ended.</summary>
    public static void Ended(this Activity? span, StatusCode code)
    {
        span?.SetTag("rpc.grpc.status_code", (int)code);
        if (code != StatusCode.OK) span?.SetStatus(ActivityStatusCode.Error, code.ToString());
    }

    // A path is "/service/method".
    private static string NameOf(string path) => path.TrimStart('/');

    private static Activity? Describe(Activity? span, string path) => span is null ? null : span
        .SetTag("rpc.system", "grpc").SetTag("rpc.service", Path.GetDirectoryName(NameOf(path))).SetTag("rpc.method", Path.GetFileName(path));
}
