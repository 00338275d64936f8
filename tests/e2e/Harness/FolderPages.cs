using System.Net;
using LiveStream.Testing;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>Serves one folder on a loopback port, as any web server would; pages of other ports may read it.</summary>
public sealed class FolderPages : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _folder;

    public FolderPages(string folder)
    {
        _folder = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        Address = new Uri($"http://localhost:{FreePort.Take()}/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address { get; }

    public void Dispose() => _listener.Close();

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
        using var response = context.Response;
        response.AddHeader("Access-Control-Allow-Origin", "*");
        var file = Path.GetFullPath(Path.Combine(_folder, Uri.UnescapeDataString(context.Request.Url!.AbsolutePath.TrimStart('/'))));
        if (!file.StartsWith(_folder, StringComparison.Ordinal) || !File.Exists(file))
        {
            response.StatusCode = 404;
            return;
        }

        var bytes = await File.ReadAllBytesAsync(file);
        response.ContentType = Path.GetExtension(file) switch
        {
            ".m3u8" => "application/vnd.apple.mpegurl",
            ".html" => "text/html; charset=utf-8",
            ".mjs" => "text/javascript",
            _ => "video/mp4",
        };
        response.ContentLength64 = bytes.Length;
        await response.OutputStream.WriteAsync(bytes);
    }
}
