using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

using Google.Protobuf;

using LiveStream.Rpc.Wire;

namespace LiveStream.Rpc.Client;

/// <summary>Requests of HTTP/2, and what their failures mean.</summary>
internal sealed class RpcTransport : IDisposable
{
    private readonly Uri _address;
    private readonly RpcOptions _options;
    private readonly AuthenticationHeaderValue _token;
    private readonly HttpMessageInvoker _http;

    public RpcTransport(Uri address, RpcOptions options)
    {
        (_address, _options) = (address, options);
        _token = new AuthenticationHeaderValue(Wire.Headers.Bearer.TrimEnd(), options.Token);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = options.KeepAliveDelay,
            KeepAlivePingTimeout = options.KeepAliveTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        });
    }

    /// <summary>Sends a call and returns when its headers are there. A status that comes alone is thrown.</summary>
    public async Task<RpcClientCall> SendAsync(RpcTarget target, IMessage message, TimeSpan? timeout, int previousAttempts, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, target.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new MessageContent(message, _options.MaxMessageBytes),
        };
        request.Headers.Authorization = _token;
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (timeout is { } left) request.Headers.TryAddWithoutValidation(Wire.Headers.Timeout, CallTimeout.Format(left));
        if (previousAttempts > 0) request.Headers.TryAddWithoutValidation(Wire.Headers.PreviousAttempts, previousAttempts.ToString(CultureInfo.InvariantCulture));

        HttpResponseMessage? response = null;
        try
        {
            response = await _http.SendAsync(request, cancellationToken);
            return await RpcClientCall.OpenAsync(response, _options.MaxMessageBytes, cancellationToken);
        }
        catch (Exception e)
        {
            response?.Dispose();
            // The handler's own limit of connecting is told as a cancellation that nobody asked for.
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new RpcException(RpcStatusCode.Unavailable, $"no connection within {_options.ConnectTimeout.TotalSeconds:0.###} s", e) { NeverSent = true };
            if (FailureOf(e) is { } failure) throw failure;
            throw;
        }
    }

    /// <summary>What a failure of the connection or the stream means; null for what is none.</summary>
    public static RpcException? FailureOf(Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } e =>
            new RpcException(RpcStatusCode.Unavailable, $"no connection: {e.InnerException?.Message ?? e.Message}", e) { NeverSent = true },
        HttpRequestException e => FailureOf(e.InnerException is HttpIOException ? e.InnerException : new IOException(e.Message, e))!,
        HttpProtocolException e => new RpcException(StatusOfReset(e.ErrorCode), $"the stream was reset with code {e.ErrorCode}", e),
        IOException e => new RpcException(RpcStatusCode.Unavailable, "the connection was lost", e),
        _ => null,
    };

    public void Dispose() => _http.Dispose();

    // Error codes of HTTP/2 (RFC 9113 §7), as gRPC maps them. No error and protocol error are what the handler makes of a connection
    // that was closed, or whose probe had no answer.
    private static RpcStatusCode StatusOfReset(long code) => code switch
    {
        0x0 or 0x1 or 0x7 => RpcStatusCode.Unavailable,
        0x8 => RpcStatusCode.Cancelled,
        0xb => RpcStatusCode.ResourceExhausted,
        0xc => RpcStatusCode.PermissionDenied,
        _ => RpcStatusCode.Internal,
    };

    /// <summary>The body of a call with one request.</summary>
    private sealed class MessageContent : HttpContent
    {
        private readonly ReadOnlyMemory<byte> _frame;

        public MessageContent(IMessage message, int maxBytes)
        {
            var body = new System.Buffers.ArrayBufferWriter<byte>();
            MessageFrames.Write(body, message, maxBytes);
            _frame = body.WrittenMemory;
            Headers.ContentType = new MediaTypeHeaderValue(Wire.Headers.ContentType);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(_frame).AsTask();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            stream.WriteAsync(_frame, cancellationToken).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = _frame.Length;
            return true;
        }
    }
}
