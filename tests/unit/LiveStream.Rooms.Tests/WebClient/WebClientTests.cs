using System.IO.Compression;
using System.Net;
using System.Text;

using LiveStream.Rooms.Tests.Http;
using LiveStream.Rooms.WebClient;

using Microsoft.AspNetCore.Http;

namespace LiveStream.Rooms.Tests.WebClient;

/// <summary>A built client of a few files, and the module that serves it.</summary>
public sealed class WebClientHost : IAsyncLifetime
{
    internal const string Script = "globalThis.answer = 42; // a file that is worth compressing";

    private readonly string _folder = Directory.CreateTempSubdirectory("livestream-web-").FullName;

    internal RoomsHost Rooms { get; private set; } = null!;

    internal HttpClient Client => Rooms.Client;

    public async Task InitializeAsync()
    {
        var assets = Directory.CreateDirectory(Path.Combine(_folder, "assets")).FullName;
        foreach (var page in new[] { "index", "meeting", "embed" })
            await File.WriteAllTextAsync(Path.Combine(_folder, $"{page}.html"), $"<title>{page}</title><script nonce=\"{PageWriter.NoncePlaceholder}\" src=\"/assets/main-1a2b.js\"></script>");
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret.txt"), "not below assets");
        await File.WriteAllTextAsync(Path.Combine(assets, "main-1a2b.js"), Script);
        await File.WriteAllBytesAsync(Path.Combine(assets, "main-1a2b.js.br"), Pack(stream => new BrotliStream(stream, CompressionLevel.Fastest)));
        await File.WriteAllBytesAsync(Path.Combine(assets, "main-1a2b.js.gz"), Pack(stream => new GZipStream(stream, CompressionLevel.Fastest)));
        await File.WriteAllTextAsync(Path.Combine(assets, "small-3c4d.css"), "p{}");

        Rooms = new RoomsHost { Settings = [$"--WebClient:Directory={_folder}", "--WebClient:EmbedAncestors=https://news.example.test https://*.example.org"] };
        await Rooms.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await Rooms.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static byte[] Pack(Func<Stream, Stream> packing)
    {
        using var packed = new MemoryStream();
        using (var stream = packing(packed)) stream.Write(Encoding.UTF8.GetBytes(Script));
        return packed.ToArray();
    }
}

public sealed class WebClientTests(WebClientHost host) : IClassFixture<WebClientHost>
{
    private const string Asset = "/assets/main-1a2b.js";

    [Theory]
    [InlineData("/", "index")]
    [InlineData("/meeting/abc-defg-hij", "meeting")]
    [InlineData("/embed/abc-defg-hij", "embed")]
    public async Task Page_ComesWithItsPolicyAndIsNotKept(string path, string title)
    {
        using var reply = await host.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal("text/html; charset=utf-8", reply.Content.Headers.ContentType?.ToString());
        Assert.True(reply.Headers.CacheControl?.NoStore);
        Assert.Equal("nosniff", Header(reply, "X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header(reply, "Referrer-Policy"));
        Assert.Contains($"<title>{title}</title>", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var policy = PolicyOf(reply);
        Assert.Equal(["'none'"], policy["default-src"]);
        Assert.Equal(["'self'"], policy["script-src"]);
        Assert.Equal(["'none'"], policy["base-uri"]);
        Assert.Equal(["'none'"], policy["form-action"]);
        Assert.DoesNotContain("'unsafe-inline'", policy["style-src"]);
    }

    [Fact]
    public async Task Page_MayAskThisServerOnly()
    {
        using var reply = await host.Client.GetAsync("/meeting/abc-defg-hij");

        var authority = host.Client.BaseAddress!.Authority;
        Assert.Equal(
            ["'self'", "http://live.example.test", "ws://live.example.test", $"ws://{authority}", $"wss://{authority}"],
            PolicyOf(reply)["connect-src"]);
    }

    [Fact]
    public async Task Page_CarriesTheNonceOfItsPolicy_AnotherOneEachTime()
    {
        using var first = await host.Client.GetAsync("/meeting/abc-defg-hij");
        using var second = await host.Client.GetAsync("/meeting/abc-defg-hij");

        var nonces = new[] { first, second }.Select(reply => PolicyOf(reply)["style-src"].Single(source => source.StartsWith("'nonce-", StringComparison.Ordinal))[7..^1]).ToArray();
        Assert.NotEqual(nonces[0], nonces[1]);
        Assert.Contains($"nonce=\"{nonces[0]}\"", await first.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(PageWriter.NoncePlaceholder, await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", new[] { "'self'" })]
    [InlineData("/meeting/abc-defg-hij", new[] { "'self'" })]
    [InlineData("/embed/abc-defg-hij", new[] { "https://news.example.test", "https://*.example.org" })]
    public async Task Page_SaysWhoMayFrameIt(string path, string[] ancestors)
    {
        using var reply = await host.Client.GetAsync(path);
        Assert.Equal(ancestors, PolicyOf(reply)["frame-ancestors"]);
    }

    [Theory]
    [InlineData("br, gzip;q=0.8", "br")]
    [InlineData("gzip, deflate", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("identity", null)]
    [InlineData("", null)]
    [InlineData(";;,=", null)]
    public async Task Asset_ComesAsTheBrowserAcceptsIt_AndIsKept(string accepted, string? encoding)
    {
        using var reply = await GetAsync(Asset, ("Accept-Encoding", accepted));

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(encoding, reply.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal("text/javascript", reply.Content.Headers.ContentType?.MediaType);
        Assert.Equal("public, max-age=31536000, immutable", Header(reply, "Cache-Control"));
        Assert.Equal("Accept-Encoding", Header(reply, "Vary"));
        var body = await reply.Content.ReadAsStreamAsync();
        using var text = new StreamReader(encoding switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        });
        Assert.Equal(WebClientHost.Script, await text.ReadToEndAsync());
    }

    [Fact]
    public async Task Asset_ThatTheBrowserHas_IsNotSentAgain()
    {
        using var first = await GetAsync(Asset, ("Accept-Encoding", "br"));
        using var again = await GetAsync(Asset, ("Accept-Encoding", "br"), ("If-None-Match", first.Headers.ETag!.ToString()));
        using var other = await GetAsync(Asset, ("Accept-Encoding", "gzip"), ("If-None-Match", first.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Asset_WithoutACompressedFile_ComesAsItIs()
    {
        using var reply = await GetAsync("/assets/small-3c4d.css", ("Accept-Encoding", "br, gzip"));

        Assert.Empty(reply.Content.Headers.ContentEncoding);
        Assert.Equal("p{}", await reply.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/assets/unknown.js")]
    [InlineData("/assets/main-1a2b.js.br")]
    [InlineData("/assets/..%2Fsecret.txt")]
    [InlineData("/assets/%2e%2e/secret.txt")]
    [InlineData("/assets/..%5csecret.txt")]
    [InlineData("/assets")]
    [InlineData("/secret.txt")]
    [InlineData("/meeting/a/b")]
    [InlineData("/embed")]
    public async Task WhatIsNotThere_Is404(string path)
    {
        var (status, body) = await host.Rooms.SendAsync(HttpMethod.Get, path, token: null);
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal(404, (int)body["code"]!);
    }

    [Theory]
    [InlineData("evil.test; script-src *")]
    [InlineData("evil.test,default-src")]
    [InlineData("a b")]
    public void Policy_TakesNoDirectiveFromTheHost(string name)
    {
        var policy = PagePolicy.For("n", "https://live.example.test", new HostString(name), "'self'");
        Assert.Contains("connect-src 'self' https://live.example.test wss://live.example.test;", policy, StringComparison.Ordinal);
    }

    private static string Header(HttpResponseMessage reply, string name) => string.Join(",", reply.Headers.GetValues(name));

    private static Dictionary<string, string[]> PolicyOf(HttpResponseMessage reply) =>
        Header(reply, "Content-Security-Policy").Split("; ").Select(directive => directive.Split(' ')).ToDictionary(words => words[0], words => words[1..], StringComparer.Ordinal);

    private async Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await host.Client.SendAsync(request);
    }
}

public sealed class MissingWebClientTests : IAsyncLifetime
{
    private readonly RoomsHost _host = new() { Settings = ["--WebClient:Directory=no-such-folder"] };

    public Task InitializeAsync() => _host.InitializeAsync();

    public Task DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/")]
    [InlineData("/meeting/abc-defg-hij")]
    [InlineData("/embed/abc-defg-hij")]
    public async Task Page_SaysWhatIsMissing(string path)
    {
        using var reply = await _host.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        Assert.Contains("npm", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
