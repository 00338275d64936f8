using System.Runtime.CompilerServices;
using System.Security.Cryptography;

using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;

namespace LiveStream.Objects;

/// <summary>
/// Adapts the S3 client to servers that do not know aws-chunked bodies: bodies are signed as a whole, and a request to delete
/// several objects carries Content-MD5. The body of each request has to be a stream that can seek.
/// </summary>
internal sealed class PlainBodies : PipelineHandler
{
    private static readonly ConditionalWeakTable<IClientConfig, object> s_configs = [];
    private static readonly Lock s_gate = new();
    private static bool s_registered;

    /// <summary>Makes clients of that configuration send plain bodies; before the client is made.</summary>
    public static void UseFor(AmazonS3Config config)
    {
        s_configs.AddOrUpdate(config, config);
        lock (s_gate)
        {
            if (s_registered) return;
            RuntimePipelineCustomizerRegistry.Instance.Register(new Customizer());
            s_registered = true;
        }
    }

    public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
    {
        Adapt(executionContext.RequestContext);
        return base.InvokeAsync<T>(executionContext);
    }

    public override void InvokeSync(IExecutionContext executionContext)
    {
        Adapt(executionContext.RequestContext);
        base.InvokeSync(executionContext);
    }

    private static void Adapt(IRequestContext context)
    {
        if (!s_configs.TryGetValue(context.ClientConfig, out _)) return;
        context.Request.UseChunkEncoding = false;
        if (context.OriginalRequest is not DeleteObjectsRequest || context.Request.Content is not { } body) return;
#pragma warning disable CA5351 // A checksum that the server asks for, not a protection.
        context.Request.Headers["Content-MD5"] = Convert.ToBase64String(MD5.HashData(body));
#pragma warning restore CA5351
    }

    private sealed class Customizer : IRuntimePipelineCustomizer
    {
        public string UniqueName => "plain-bodies";

        // Behind the retries, before checksums and the signature.
        public void Customize(Type type, RuntimePipeline pipeline)
        {
            if (type == typeof(AmazonS3Client)) pipeline.AddHandlerAfter<RetryHandler>(new PlainBodies());
        }
    }
}
