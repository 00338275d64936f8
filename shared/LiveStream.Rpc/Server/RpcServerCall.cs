using System.Globalization;

using Google.Protobuf;

using LiveStream.Rpc.Wire;

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace LiveStream.Rpc.Server;

/// <summary>
/// One call while it is served: its messages, its deadline and its status. Used by one task at a time; the status is written
/// once, last.
/// </summary>
internal sealed class RpcServerCall : IDisposable
{
    private readonly HttpContext _http;
    private readonly int _maxMessageBytes;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _all;
    private bool _wrote;

    /// <param name="http">The request.</param>
    /// <param name="timeout">What the caller gave; null for no end.</param>
    /// <param name="time">Clock of the deadline.</param>
    /// <param name="maxMessageBytes">Limit of messages, both ways.</param>
    /// <param name="stopping">Ends the call with the process.</param>
    public RpcServerCall(HttpContext http, TimeSpan? timeout, TimeProvider time, int maxMessageBytes, CancellationToken stopping)
    {
        (_http, _maxMessageBytes) = (http, maxMessageBytes);
        _deadline = timeout is { } limit ? new CancellationTokenSource(limit, time) : new CancellationTokenSource();
        _all = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, http.RequestAborted, stopping);
        // A stream of requests may be silent for hours and grow without end; each message has a limit of its own.
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        http.Response.ContentType = Headers.ContentType;
    }

    /// <summary>Ends when the caller leaves, its deadline is over, or the process stops and the call is one that ends with it.</summary>
    public CancellationToken Token => _all.Token;

    /// <summary>The caller's deadline is over.</summary>
    public bool IsLate => _deadline.IsCancellationRequested;

    /// <summary>How it ended; cancelled, unless <see cref="Finish"/> said otherwise.</summary>
    public RpcStatusCode Code { get; private set; } = RpcStatusCode.Cancelled;

    public long UnflushedBytes => _http.Response.BodyWriter.UnflushedBytes;

    public ValueTask<IMessage?> ReadAsync(MessageParser parser) => MessageFrames.ReadAsync(_http.Request.BodyReader, parser, _maxMessageBytes, Token);

    /// <summary>Sends the headers, which the server would hold back until there is something behind them.</summary>
    public async Task StartAsync()
    {
        _wrote = true;
        await _http.Response.StartAsync(Token);
        await FlushAsync();
    }

    public void Write(IMessage message)
    {
        MessageFrames.Write(_http.Response.BodyWriter, message, _maxMessageBytes);
        _wrote = true;
    }

    public async Task FlushAsync() => await _http.Response.BodyWriter.FlushAsync(Token);

    /// <summary>Writes the status: in the headers when there is nothing else, else behind the messages.</summary>
    public void Finish(RpcStatusCode code, string message)
    {
        Code = code;
        var status = ((int)code).ToString(CultureInfo.InvariantCulture);
        var text = StatusText.Encode(message);
        if (_wrote || _http.Response.HasStarted)
        {
            _http.Response.AppendTrailer(Headers.Status, status);
            if (text.Length > 0) _http.Response.AppendTrailer(Headers.Message, text);
        }
        else
        {
            WriteAlone(_http.Response, status, text);
        }
    }

    /// <summary>A status without a call, for what is refused before it is one.</summary>
    public static void Refuse(HttpResponse response, RpcStatusCode code, string message)
    {
        response.ContentType = Headers.ContentType;
        WriteAlone(response, ((int)code).ToString(CultureInfo.InvariantCulture), StatusText.Encode(message));
    }

    private static void WriteAlone(HttpResponse response, string status, string text)
    {
        response.Headers[Headers.Status] = status;
        if (text.Length > 0) response.Headers[Headers.Message] = text;
    }

    public void Dispose()
    {
        _all.Dispose();
        _deadline.Dispose();
    }
}
