using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;

using Google.Protobuf;

using LiveStream.Rpc.Wire;

namespace LiveStream.Rpc.Client;

/// <summary>One call whose headers have arrived: its replies, then its status. Disposal resets the stream when it still runs.</summary>
internal sealed class RpcClientCall : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly PipeReader _body;
    private readonly int _maxMessageBytes;

    private RpcClientCall(HttpResponseMessage response, PipeReader body, int maxMessageBytes) =>
        (_response, _body, _maxMessageBytes) = (response, body, maxMessageBytes);

    public static async Task<RpcClientCall> OpenAsync(HttpResponseMessage response, int maxMessageBytes, CancellationToken cancellationToken)
    {
        if (StatusIn(response.Headers) is { } alone && alone.Code != RpcStatusCode.Ok) throw alone;
        if (response.StatusCode != HttpStatusCode.OK) throw new RpcException(StatusOf(response.StatusCode), $"HTTP status {(int)response.StatusCode}");
        if (!Wire.Headers.IsGrpc(response.Content.Headers.ContentType?.ToString())) throw new RpcException(RpcStatusCode.Unknown, "the other side does not speak gRPC");
        return new RpcClientCall(response, PipeReader.Create(await response.Content.ReadAsStreamAsync(cancellationToken)), maxMessageBytes);
    }

    /// <summary>The next reply; null at the end.</summary>
    public async ValueTask<IMessage?> ReadAsync(MessageParser parser, CancellationToken cancellationToken)
    {
        try
        {
            return await MessageFrames.ReadAsync(_body, parser, _maxMessageBytes, cancellationToken);
        }
        catch (Exception e) when (RpcTransport.FailureOf(e) is { } failure)
        {
            // A status that came before the loss says more than the loss.
            throw StatusIn(_response.TrailingHeaders) ?? failure;
        }
    }

    /// <summary>Fails with the status when that is not OK. For a call with one reply: there has to be one, and not a second one.</summary>
    /// <param name="read">Whether the one reply was read; null for a call with many.</param>
    /// <param name="parser">Of replies.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task EndAsync(bool? read, MessageParser parser, CancellationToken cancellationToken)
    {
        // Trailers are there once the body was read to its end.
        if (read == true && await ReadAsync(parser, cancellationToken) is not null) throw new RpcException(RpcStatusCode.Internal, "more than one reply");
        var status = StatusIn(_response.TrailingHeaders) ?? StatusIn(_response.Headers) ?? new RpcException(RpcStatusCode.Internal, "the call ended without a status");
        if (status.Code != RpcStatusCode.Ok) throw status;
        if (read == false) throw new RpcException(RpcStatusCode.Internal, "the reply is missing");
    }

    public async ValueTask DisposeAsync()
    {
        await _body.CompleteAsync();
        _response.Dispose();
    }

    private static RpcException? StatusIn(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues(Wire.Headers.Status, out var status)) return null;
        var text = headers.TryGetValues(Wire.Headers.Message, out var message) ? StatusText.Decode(string.Concat(message)) : "";
        return new RpcException(Wire.Headers.StatusOf(string.Concat(status)), text);
    }

    // As gRPC maps answers of proxies and servers that are not gRPC.
    private static RpcStatusCode StatusOf(HttpStatusCode status) => (int)status switch
    {
        400 => RpcStatusCode.Internal,
        401 => RpcStatusCode.Unauthenticated,
        403 => RpcStatusCode.PermissionDenied,
        404 => RpcStatusCode.Unimplemented,
        429 or 502 or 503 or 504 => RpcStatusCode.Unavailable,
        _ => RpcStatusCode.Unknown,
    };
}
