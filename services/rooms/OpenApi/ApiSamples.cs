using LiveStream.Hosting.OpenApi;

namespace LiveStream.Rooms.OpenApi;

/// <summary>The samples of <c>samples.json</c> by call.</summary>
internal static class ApiSamples
{
    public static IReadOnlyDictionary<string, ApiSample> All { get; } = ApiSample.Read(typeof(ApiSamples).Assembly, $"{typeof(ApiSamples).Namespace}.samples.json");
}
