using System.Security.Cryptography;

using LiveStream.Storage.Sealing;
using LiveStream.Webhooks.Destinations;
using LiveStream.Webhooks.Storage;

using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.Webhooks.Tests.Http;

/// <summary>The key of secrets is changed while endpoints have some.</summary>
public sealed class SealingKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("livestream-webhooks-").FullName;

    [Fact]
    public async Task Start_WithANewKeyBesideTheOldOne_SealsEverythingAnew()
    {
        var (first, second) = (NewKey(), NewKey());
        WebhookEndpoint before;
        await using (var host = await StartAsync(first))
        {
            var id = (string)(await host.AddEndpointAsync("https://hooks.example.test/h", ""","headers":{"x-key":"of the customer"}"""))["id"]!;
            before = await FindAsync(host, id);
            Assert.Equal("of the customer", before.Headers["x-key"]);
            Assert.NotEmpty(before.Keys);
        }

        await using (var host = await StartAsync(second, first)) AssertSame(before, await FindAsync(host, before.Id));
        await using (var host = await StartAsync(second)) AssertSame(before, await FindAsync(host, before.Id));

        await Assert.ThrowsAsync<SealingException>(async () =>
        {
            await using var host = await StartAsync(first);
            await FindAsync(host, before.Id);
        });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(SealingKey.Length));

    private static async Task<WebhookEndpoint> FindAsync(WebhooksHost host, string id) =>
        (await host.Services.GetRequiredService<EndpointStore>().ListAsync(default)).Endpoints.Single(endpoint => endpoint.Id == id);

    private static void AssertSame(WebhookEndpoint expected, WebhookEndpoint actual)
    {
        Assert.Equal(expected.Headers, actual.Headers);
        Assert.Equal(expected.Keys.Select(key => key.Secret), actual.Keys.Select(key => key.Secret));
    }

    private Task<WebhooksHost> StartAsync(string key, params string[] old) => WebhooksHost.StartAsync(
        _folder, [$"--Webhooks:SealingKey={key}", .. old.Select((text, i) => $"--Webhooks:OldSealingKeys:{i}={text}")]);
}
