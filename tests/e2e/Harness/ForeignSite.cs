using System.Net;
using System.Text;
using LiveStream.Testing;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// A page of another site than the product's: 127.0.0.1 where that is localhost. It is a real server, because a browser
/// lets no site of another kind of network, nor one that is made up by the test, frame a loopback address.
/// </summary>
public sealed class ForeignSite : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly byte[] _page;

    public ForeignSite(string page)
    {
        _page = Encoding.UTF8.GetBytes(page);
        Address = new Uri($"http://127.0.0.1:{FreePort.Take()}/");
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
            try
            {
                var context = await _listener.GetContextAsync();
                using var response = context.Response;
                if (context.Request.Url!.AbsolutePath != "/")
                {
                    response.StatusCode = 404;
                    continue;
                }

                response.ContentType = "text/html; charset=utf-8";
                response.ContentLength64 = _page.Length;
                await response.OutputStream.WriteAsync(_page);
            }
            catch (Exception e) when (_listener.IsListening && e is HttpListenerException or IOException) { /* the tab is gone */ }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException) { return; }
        }
    }
}
