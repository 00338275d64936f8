using System.Net;

using LiveStream.Webhooks.Delivery;
using LiveStream.Webhooks.Destinations;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

using Xunit.Abstractions;

namespace LiveStream.Webhooks.Tests.Delivery;

/// <summary>Addresses that a customer could enter to have this server call what only it can reach. A server listens there.</summary>
public sealed class HostileUrlTests(ITestOutputHelper output) : IAsyncLifetime
{
    private WebApplication _inside = null!;
    private int _port, _reached;

    /// <summary>PORT is the port of the server inside.</summary>
    public static IReadOnlyList<string> Urls { get; } =
    [
        // Loopback in all its spellings.
        "http://127.0.0.1:PORT/", "http://localhost:PORT/", "http://LOCALHOST:PORT/", "http://localhost.:PORT/", "http://127.1:PORT/", "http://127.0.1:PORT/",
        "http://2130706433:PORT/", "http://0x7f000001:PORT/", "http://0x7f.0.0.1:PORT/", "http://0177.0.0.1:PORT/", "http://017700000001:PORT/", "http://127.0.0.2:PORT/",
        "http://127.255.255.254:PORT/", "http://0.0.0.0:PORT/", "http://0:PORT/", "http://0.0.0.1:PORT/", "http://[::1]:PORT/", "http://[::]:PORT/",
        "http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/", "http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/", "http://[::127.0.0.1]:PORT/",
        "http://[64:ff9b::7f00:1]:PORT/", "http://[2002:7f00:1::]:PORT/", "http://[::ffff:0:127.0.0.1]:PORT/", "http://[::ffff:0.0.0.0]:PORT/", "https://127.0.0.1:PORT/",
        "http://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3:PORT/", "http://\uff11\uff12\uff17.0.0.1:PORT/", "http://127\u3002 0.0.1:PORT/".Replace(" ", ""),
        // Private networks, link-local, shared and reserved space.
        "http://10.0.0.1:PORT/", "http://172.16.0.1:PORT/", "http://192.168.0.1:PORT/", "http://100.64.0.1:PORT/", "http://198.18.0.1:PORT/", "http://224.0.0.1:PORT/",
        "http://255.255.255.255:PORT/", "http://[fc00::1]:PORT/", "http://[fe80::1]:PORT/", "http://[ff02::1]:PORT/",
        // Where clouds keep credentials.
        "http://169.254.169.254/latest/meta-data/", "http://[::ffff:169.254.169.254]/latest/meta-data/", "http://2852039166/latest/meta-data/", "http://[fd00:ec2::254]/latest/meta-data/",
        "http://100.100.100.200/latest/meta-data/", "http://168.63.129.16/machine", "http://192.0.0.192/latest/",
    ];

    public static TheoryData<int, string> Redirects { get; } = new()
    {
        { 301, "http://127.0.0.1:PORT/" }, { 302, "http://127.0.0.1:PORT/" }, { 303, "http://localhost:PORT/" }, { 307, "http://[::1]:PORT/" }, { 308, "//127.0.0.1:PORT/" },
        { 300, "http://127.0.0.1:PORT/" }, { 305, "http://127.0.0.1:PORT/" },
    };

    public async Task InitializeAsync() => (_inside, _port) = await ListenAsync(["http://127.0.0.1:0"], _ => Interlocked.Increment(ref _reached));

    public Task DisposeAsync() => _inside.DisposeAsync().AsTask();

    [Fact]
    public async Task Send_HostileUrls_ReachNobody()
    {
        using var sender = SenderOf([]);
        Assert.True(Urls.Count >= 40);
        foreach (var text in Urls)
        {
            var url = text.Replace("PORT", $"{_port}", StringComparison.Ordinal);
            if (!EndpointRules.IsUrl(url))
            {
                output.WriteLine($"{url}: no URL");
                continue;
            }

            var outcome = await sender.SendAsync(EndpointOf(url), Guid.NewGuid(), "{}"u8.ToArray(), CancellationToken.None);
            output.WriteLine($"{url}: {outcome.Error}");
            Assert.Equal(0, outcome.Status);
            Assert.Contains(outcome.Error, (string[])["address not allowed", "host not found"]);
        }

        Assert.Equal(0, _reached);
    }

    [Theory]
    [MemberData(nameof(Redirects))]
    public async Task Send_Redirects_ReachNobody(int status, string location)
    {
        // A receiver that is allowed sends the request elsewhere.
        var (redirector, port) = await ListenAsync(["http://127.0.0.2:0"], http =>
        {
            http.Response.StatusCode = status;
            var target = location.Replace("PORT", $"{_port}", StringComparison.Ordinal);
            http.Response.Headers.Location = target;
            http.Response.Headers["Refresh"] = $"0; url={target}";
        });
        await using (redirector)
        {
            using var sender = SenderOf(["127.0.0.2/32"]);
            var outcome = await sender.SendAsync(EndpointOf($"http://127.0.0.2:{port}/"), Guid.NewGuid(), "{}"u8.ToArray(), CancellationToken.None);
            Assert.Equal(status, outcome.Status);
        }

        Assert.Equal(0, _reached);
    }

    [Fact]
    public async Task Send_NetworkThatIsAllowed_IsReached()
    {
        using var sender = SenderOf(["127.0.0.0/8"]);
        var outcome = await sender.SendAsync(EndpointOf($"http://127.0.0.1:{_port}/"), Guid.NewGuid(), "{}"u8.ToArray(), CancellationToken.None);
        Assert.Equal((200, 1), (outcome.Status, _reached));
    }

    [Fact]
    public async Task Send_ReplyWithoutEnd_IsCutAndCountsByItsStatus()
    {
        var (endless, port) = await ListenAsync(["http://127.0.0.1:0"], async http =>
        {
            var block = new byte[16 * 1024];
            Array.Fill(block, (byte)'x');
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(block, http.RequestAborted);
        });
        await using (endless)
        {
            using var sender = SenderOf(["127.0.0.0/8"]);
            var outcome = await sender.SendAsync(EndpointOf($"http://127.0.0.1:{port}/"), Guid.NewGuid(), "{}"u8.ToArray(), CancellationToken.None);
            Assert.Equal((200, WebhookSender.KeptReply), (outcome.Status, outcome.Reply.Length));
        }
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("93.184.215.14", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("64:ff9b::808:808", true)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.0", true)]
    [InlineData("100.127.255.255", false)]
    [InlineData("::ffff:10.1.2.3", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("2001::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("fd00::1", false)]
    public void IsOpen_EdgesOfNetworks_AreKnown(string address, bool open) => Assert.Equal(open, GuardOf([]).IsOpen(IPAddress.Parse(address)));

    private static AddressGuard GuardOf(string[] allowed) => new(OptionsOf(allowed));

    private static WebhookSender SenderOf(string[] allowed) => new(GuardOf(allowed), TimeProvider.System, OptionsOf(allowed));

    private static IOptions<WebhooksOptions> OptionsOf(string[] allowed)
    {
        var options = new WebhooksOptions();
        foreach (var network in allowed) options.AllowedNetworks.Add(network);
        return Options.Create(options);
    }

    private static WebhookEndpoint EndpointOf(string url) =>
        new("e", "c", "", EndpointSource.Api, url, new Dictionary<string, string>(), [], "", true, true, "", null, default, default);

    private static Task<(WebApplication App, int Port)> ListenAsync(string[] urls, Action<HttpContext> answer) => ListenAsync(urls, http =>
    {
        answer(http);
        return Task.CompletedTask;
    });

    private static async Task<(WebApplication App, int Port)> ListenAsync(string[] urls, Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls);
        var app = builder.Build();
        app.Run(http => answer(http));
        await app.StartAsync();
        return (app, new Uri(app.Urls.Single()).Port);
    }
}
