using LiveStream.Hosting.OpenApi;

namespace LiveStream.Webhooks.Rest;

/// <summary>The samples of <c>samples.json</c> by call.</summary>
internal static class WebhookSamples
{
    public static IReadOnlyDictionary<string, ApiSample> All { get; } = ApiSample.Read(typeof(WebhookSamples).Assembly, $"{typeof(WebhookSamples).Namespace}.samples.json");
}
