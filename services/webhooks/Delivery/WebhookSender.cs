using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

using LiveStream.Webhooks.Destinations;
using LiveStream.Webhooks.Signing;

using Microsoft.Extensions.Options;

namespace LiveStream.Webhooks.Delivery;

/// <summary>
/// Makes one attempt: signs, posts, reads the beginning of the reply. Follows no redirects, sends no cookies, knows no proxy, and
/// connects only where <see cref="AddressGuard"/> lets it. Never throws but for cancellation by the caller.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    /// <summary>Characters of a reply that are kept.</summary>
    public const int KeptReply = 1024;

    private const int MaxReplyBytes = 64 * 1024;
    private const string UserAgent = "LiveStream-Webhooks/1";

    private readonly SocketsHttpHandler _handler;
    private readonly HttpMessageInvoker _http;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public WebhookSender(AddressGuard guard, TimeProvider time, IOptions<WebhooksOptions> options)
    {
        _time = time;
        _timeout = options.Value.AttemptTimeout;
        _handler = new SocketsHttpHandler
        {
            ConnectCallback = (context, cancellationToken) => guard.ConnectAsync(context.DnsEndPoint, cancellationToken),
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = _timeout,
            // Names may move to other addresses.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = MaxReplyBytes,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        };
        _http = new HttpMessageInvoker(_handler, disposeHandler: false);
    }

    /// <summary>One attempt; <paramref name="body"/> as it is.</summary>
    public async Task<AttemptOutcome> SendAsync(WebhookEndpoint endpoint, Guid eventId, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var at = _time.GetUtcNow();
        var began = _time.GetTimestamp();
        // A wall-clock limit: it bounds a socket, which does not follow a clock of ours.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_timeout);
        try
        {
            using var request = RequestOf(endpoint, eventId, body, at);
            using var response = await _http.SendAsync(request, limit.Token);
            var reply = await ReadReplyAsync(response, limit.Token);
            return new((int)response.StatusCode, RetryAfterOf(response.Headers.RetryAfter, at), "", reply, at, _time.GetElapsedTime(began));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever a receiver does to a connection ends its attempt, and nothing else.
            return new(0, null, ErrorOf(e), "", at, _time.GetElapsedTime(began));
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    /// <summary>What failed, in a word that says nothing of the network inside.</summary>
    internal static string ErrorOf(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case AddressClosedException: return "address not allowed";
                case OperationCanceledException or TimeoutException: return "timeout";
                case AuthenticationException: return "tls error";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }: return "host not found";
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }: return "connection refused";
                case HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse }: return "invalid response";
            }
        }

        return "connection failed";
    }

    private static HttpRequestMessage RequestOf(WebhookEndpoint endpoint, Guid eventId, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Address) { Content = content };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("User-Agent", UserAgent);
        foreach (var (name, value) in endpoint.Headers)
        {
            if (!headers.TryAddWithoutValidation(name, value)) content.Headers.TryAddWithoutValidation(name, value);
        }

        var (id, timestamp) = (eventId.ToString("D"), StandardWebhooks.TimestampOf(now));
        headers.TryAddWithoutValidation(StandardWebhooks.IdHeader, id);
        headers.TryAddWithoutValidation(StandardWebhooks.TimestampHeader, timestamp);
        var signature = StandardWebhooks.Sign(endpoint.Keys, id, timestamp, body.Span, now);
        if (signature.Length > 0) headers.TryAddWithoutValidation(StandardWebhooks.SignatureHeader, signature);
        return request;
    }

    private static TimeSpan? RetryAfterOf(RetryConditionHeaderValue? header, DateTimeOffset now)
    {
        var pause = header?.Delta ?? (header?.Date is { } date ? date - now : null);
        return pause > TimeSpan.Zero ? pause : null;
    }

    // The status is what counts. A reply that goes on beyond the limit ends with its connection.
    private static async Task<string> ReadReplyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength == 0) return "";
        var kept = new byte[KeptReply];
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await stream.ReadAtLeastAsync(kept, kept.Length, throwOnEndOfStream: false, cancellationToken);
        // NUL is no text for the database.
        return Encoding.UTF8.GetString(kept, 0, length).Replace('\0', '\uFFFD').ToString(CultureInfo.InvariantCulture);
    }
}
