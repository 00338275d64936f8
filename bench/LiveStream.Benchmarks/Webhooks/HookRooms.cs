using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LiveStream.Benchmarks.Server;
using LiveStream.Testing;

namespace LiveStream.Benchmarks.Webhooks;

/// <summary>What webhooks' benches ask of a server.</summary>
internal static class HookRooms
{
    /// <summary>A room for each webhook address (null for none); their ids.</summary>
    public static async Task<IReadOnlyList<string>> CreateAsync(ServerProcess server, IEnumerable<string?> urls, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        foreach (var url in urls)
        {
            var reply = await PostAsync(server, "/v2/rooms", url is null ? "{}" : $$$"""{"webhook":{"url":"{{{url}}}"}}""", cancellationToken);
            ids.Add(reply.GetProperty("id").GetString()!);
        }

        return ids;
    }

    /// <summary>A call that must succeed; its reply.</summary>
    public static async Task<JsonElement> PostAsync(ServerProcess server, string path, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer", AuthToken.ForManagement(server.Workspace.AccessKey, server.Workspace.Secret, DateTimeOffset.UtcNow));
        using var response = await server.Http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        return json.RootElement.Clone();
    }
}
