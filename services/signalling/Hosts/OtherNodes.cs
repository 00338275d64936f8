using System.Net;

using LiveStream.Contracts.Signalling.V1;

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveStream.Signalling.Hosts;

/// <summary>
/// Passes on what came here and belongs to a room of another node, one step: a balancer in front of the nodes needs to know nothing
/// of rooms. Requests are answered with what that node answers; a WebSocket is joined to one of that node, byte by byte.
/// </summary>
internal sealed class OtherNodes : IDisposable
{
    /// <summary>On what comes from another node: it goes no further.</summary>
    public const string Mark = "X-LiveStream-Relayed";

    private const int CopyBuffer = 4096, MaxReply = 1024 * 1024;

    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(5), s_longest = TimeSpan.FromSeconds(20);

    // What the other node reads; the rest is between the client and the balancer.
    private static readonly string[] s_forwarded = ["Authorization", "If-Match", "Origin", "Sec-WebSocket-Extensions", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol", "Sec-WebSocket-Version"];

    private readonly HttpClient _client = new(new SocketsHttpHandler { ConnectTimeout = s_connect, UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxReply,
    };

    private readonly CancellationToken _stopping;
    private readonly ILogger<OtherNodes> _logger;

    public OtherNodes(IHostApplicationLifetime lifetime, ILogger<OtherNodes> logger) => (_stopping, _logger) = (lifetime.ApplicationStopping, logger);

    /// <summary>Whether another node passed this on.</summary>
    public static bool IsRelayed(HttpRequest request) => request.Headers.ContainsKey(Mark);

    /// <summary>Asks the node that has the room; false when it cannot be reached, and nothing has been answered then.</summary>
    /// <param name="context">Request and reply.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="node">The node.</param>
    /// <param name="body">The request's, whole: that node may answer before it has read all, and a body that is still read then is read by two.</param>
    public async Task<bool> TryRelayAsync(HttpContext context, string roomId, SignallingNode node, string body)
    {
        using var request = RequestTo(node, context.Request);
        if (body.Length > 0) request.Content = new StringContent(body);
        if (request.Content is not null && context.Request.ContentType is { } type)
        {
            request.Content.Headers.Remove("Content-Type");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var reply = await SendAsync(request, HttpCompletionOption.ResponseContentRead, roomId, node, context.RequestAborted);
        if (reply is null) return false;
        context.Response.StatusCode = (int)reply.StatusCode;
        foreach (var (name, values) in reply.Headers.Concat(reply.Content.Headers))
            if (name is not ("Transfer-Encoding" or "Connection" or "Date" or "Server")) context.Response.Headers[name] = values.ToArray();
        // Even nothing may not be written where a status has no body (204): the connection would be closed behind the answer.
        if (reply.Content.Headers.ContentLength > 0) await reply.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        return true;
    }

    /// <summary>Joins the client's WebSocket, not accepted yet, to one of the node that has the room, until either ends; false when that one was refused.</summary>
    public async Task<bool> TryTunnelAsync(HttpContext context, string roomId, SignallingNode node)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
        using var request = RequestTo(node, context.Request);
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        using var reply = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, roomId, node, limit.Token);
        if (reply is not { StatusCode: HttpStatusCode.SwitchingProtocols }) return false;
        foreach (var (name, values) in reply.Headers)
            if (name.StartsWith("Sec-WebSocket", StringComparison.OrdinalIgnoreCase) || name is "Upgrade") context.Response.Headers[name] = values.ToArray();
        context.Response.StatusCode = StatusCodes.Status101SwitchingProtocols;
        await using var there = await reply.Content.ReadAsStreamAsync(limit.Token);
        await using var here = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        Task[] both = [CopyAsync(here, there, limit.Token), CopyAsync(there, here, limit.Token)];
        await Task.WhenAny(both);
        // The other direction has nobody to copy for any more.
        await limit.CancelAsync();
        await Task.WhenAll(both).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return true;
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage RequestTo(SignallingNode node, HttpRequest from)
    {
        var request = new HttpRequestMessage(new HttpMethod(from.Method), new Uri(new Uri(node.HttpAddress), from.Path + from.QueryString.Value));
        request.Headers.TryAddWithoutValidation(Mark, "1");
        foreach (var name in s_forwarded)
            if (from.Headers.TryGetValue(name, out var value)) request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value);
        return request;
    }

    private async Task<HttpResponseMessage?> SendAsync(
        HttpRequestMessage request, HttpCompletionOption completion, string roomId, SignallingNode node, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_longest);
        try
        {
            return await _client.SendAsync(request, completion, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _logger.OtherNodeAway(node.NodeId, roomId, e.Message);
            return null;
        }
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[CopyBuffer];
        while (true)
        {
            var count = await from.ReadAsync(buffer, cancellationToken);
            if (count == 0) return;
            await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            await to.FlushAsync(cancellationToken);
        }
    }
}
