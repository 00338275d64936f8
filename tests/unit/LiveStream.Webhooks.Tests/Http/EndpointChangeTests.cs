using LiveStream.Webhooks.Destinations;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.Webhooks.Tests.Http;

/// <summary>Endpoints that are turned off and on while events come.</summary>
public sealed class EndpointChangeTests
{
    private const string Url = "https://hooks.example.test/h";

    [Fact]
    public async Task Change_WithWhatBelongsToIt_IsDoneBeforeTheNextChangeBegins()
    {
        await using var host = await WebhooksHost.StartAsync();
        var id = (string)(await host.AddEndpointAsync(Url))["id"]!;
        var catalog = host.Services.GetRequiredService<EndpointCatalog>();
        var (entered, gate, order) = (new TaskCompletionSource(), new TaskCompletionSource(), new List<string>());

        var off = catalog.ChangeAsync(id, row => row! with { Enabled = false }, default, then: async () =>
        {
            entered.SetResult();
            await gate.Task;
            order.Add("ended what waited");
        });
        await entered.Task;
        var on = catalog.ChangeAsync(
            id,
            row =>
            {
                order.Add("turned on again");
                return row! with { Enabled = true };
            },
            default);
        gate.SetResult();
        await Task.WhenAll(off, on);

        Assert.Equal(["ended what waited", "turned on again"], order);
        Assert.True(catalog.Find(id)!.Enabled);
    }

    [Fact]
    public async Task EndpointTurnedOnAgain_GetsWhatWaitedForItAtOnce()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, response) =>
        {
            response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        };
        await using var host = await WebhooksHost.StartAsync(null, "--Webhooks:RetryDelays:0=00:10:00");
        var path = $"/v2/webhooks/{(await host.AddEndpointAsync(receiver.Url))["id"]}";
        await host.OpenAsync(await host.AddRoomAsync());
        var first = await receiver.NextAsync();

        receiver.Answer = (_, _) => Task.CompletedTask;
        await host.OkAsync(HttpMethod.Post, path, """{"enabled":false}""");
        await host.OkAsync(HttpMethod.Post, path, """{"enabled":true}""");
        // Its pause is ten minutes, and everything pending is looked for every half a minute.
        Assert.Equal(first.Id, (await receiver.NextAsync().WaitAsync(TimeSpan.FromSeconds(20))).Id);
    }
}
