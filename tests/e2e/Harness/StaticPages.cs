using System.Net;
using LiveStream.Testing;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// Serves <c>tests/interop/web-sdk</c> on a port of its own, as an app that lives elsewhere than the product does: every call
/// of the SDK to the product crosses origins.
/// </summary>
public sealed class StaticPages : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _folder = Repository.Path("tests/interop/web-sdk");

    public StaticPages()
    {
        Assert.True(Directory.Exists(BundlesOf(_folder)), $"run npm ci and npm run build in {_folder} first");
        Address = new Uri($"http://localhost:{FreePort.Take()}/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address { get; }

    public Uri Page => new(Address, "page.html");

    /// <summary>The SDK of a release with the page's script around it.</summary>
    public string ScriptOf(string release) => new Uri(Address, $"sdk-{release}.js").ToString();

    public void Dispose() => _listener.Close();

    private static string BundlesOf(string folder) => Path.Combine(folder, "node_modules", ".page");

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try { context = await _listener.GetContextAsync(); }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException) { return; }
            try { await AnswerAsync(context); }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException) { /* the tab is gone */ }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var name = Path.GetFileName(context.Request.Url!.AbsolutePath);
        var file = name.EndsWith(".js", StringComparison.Ordinal) ? Path.Combine(BundlesOf(_folder), name) : Path.Combine(_folder, name);
        using var response = context.Response;
        if (!File.Exists(file))
        {
            response.StatusCode = 404;
            return;
        }

        var bytes = await File.ReadAllBytesAsync(file);
        response.ContentType = name.EndsWith(".js", StringComparison.Ordinal) ? "text/javascript" : "text/html; charset=utf-8";
        response.ContentLength64 = bytes.Length;
        await response.OutputStream.WriteAsync(bytes);
    }
}
