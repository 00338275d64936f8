using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

using Google.Protobuf;
using Google.Protobuf.Reflection;


using Microsoft.Extensions.Logging;

namespace LiveStream.Rpc.Client;

/// <summary>
/// Calls to one address over HTTP/2 without TLS. Connections are made when needed, shared by all calls, probed while silent, and
/// made again after a loss. Fails with <see cref="RpcException"/>, and with <see cref="OperationCanceledException"/> when the
/// caller cancelled. Safe for any number of callers.
/// </summary>
public sealed class RpcChannel : IDisposable
{
    private readonly string _peer;
    private readonly RpcOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Random _random;
    private readonly RpcTransport _transport;
    private readonly RetryPolicy _retry;
    private readonly ConcurrentDictionary<MethodDescriptor, RpcTarget> _targets = new();
    private int _away;

    /// <summary>Makes a channel; nothing is connected yet.</summary>
    /// <param name="peer">Name of the other side, for people.</param>
    /// <param name="address">Such as <c>http://rooms:8081</c>.</param>
    /// <param name="options">Token and limits.</param>
    /// <param name="time">Clock of deadlines and pauses.</param>
    /// <param name="logger">Told when the other side goes away and comes back.</param>
    /// <param name="random">Spreads retries.</param>
    public RpcChannel(string peer, Uri address, RpcOptions options, TimeProvider time, ILogger logger, Random? random = null)
    {
        (_peer, _options, _time, _logger, _random) = (peer, options, time, logger, random ?? Random.Shared);
        _transport = new RpcTransport(address, options);
        _retry = new RetryPolicy(options.Attempts, options.FirstRetry, options.LongestRetry);
    }

    /// <summary>One request, one reply, within <see cref="RpcOptions.CallTimeout"/> or the given deadline, retries included.</summary>
    public async Task<TReply> UnaryAsync<TRequest, TReply>(
        MethodDescriptor method, TRequest request, CancellationToken cancellationToken, TimeSpan? deadline = null)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply>
    {
        using var span = RpcTracing.Calling(method);
        try
        {
            var reply = await TryAsync(TargetOf(method), request, deadline ?? _options.CallTimeout, cancellationToken);
            span.Ended(RpcStatusCode.Ok);
            return (TReply)reply;
        }
        catch (Exception e)
        {
            span.Ended((e as RpcException)?.Code ?? RpcStatusCode.Cancelled);
            throw;
        }
    }

    /// <summary>One request, many replies, until the other side ends it or the caller cancels. Never repeated: its caller knows what was missed.</summary>
    public async IAsyncEnumerable<TReply> ServerStreamingAsync<TRequest, TReply>(
        MethodDescriptor method, TRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply>
    {
        var target = TargetOf(method);
        await using var call = await BeginAsync(target, request, cancellationToken);
        while (await NextAsync(call, target, cancellationToken) is { } reply) yield return (TReply)reply;
        await call.EndAsync(read: null, target.Replies, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    private async Task<IMessage> TryAsync(RpcTarget target, IMessage request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        using var late = new CancellationTokenSource(timeout, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? pause;
            try
            {
                var left = timeout - _time.GetElapsedTime(began);
                await using var call = await _transport.SendAsync(target, request, left, attempt - 1, limit.Token);
                var reply = await call.ReadAsync(target.Replies, limit.Token);
                await call.EndAsync(reply is not null, target.Replies, limit.Token);
                Reached();
                return reply!;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw Late(timeout);
            }
            catch (RpcException e)
            {
                Failed(e);
                pause = _retry.PauseAfter(e, attempt, target.IsIdempotent, _random.NextDouble());
                if (pause is null) throw;
            }

            try
            {
                await Task.Delay(pause.Value, _time, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw Late(timeout);
            }
        }
    }

    // The other side answers with headers as soon as it serves the call, so that a dead one is not waited for without end.
    private async Task<RpcClientCall> BeginAsync(RpcTarget target, IMessage request, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(_options.CallTimeout, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var call = await _transport.SendAsync(target, request, timeout: null, previousAttempts: 0, limit.Token);
            Reached();
            return call;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Late(_options.CallTimeout);
        }
        catch (RpcException e)
        {
            Failed(e);
            throw;
        }
    }

    private async Task<IMessage?> NextAsync(RpcClientCall call, RpcTarget target, CancellationToken cancellationToken)
    {
        try
        {
            return await call.ReadAsync(target.Replies, cancellationToken);
        }
        catch (RpcException e)
        {
            Failed(e);
            throw;
        }
    }

    private RpcTarget TargetOf(MethodDescriptor method) => _targets.GetOrAdd(method, static m => new RpcTarget(m));

    private RpcException Late(TimeSpan timeout) => new(RpcStatusCode.DeadlineExceeded, $"{_peer} did not answer within {timeout.TotalSeconds:0.###} s");

    private void Reached()
    {
        if (Interlocked.Exchange(ref _away, 0) == 1) _logger.PeerBack(_peer);
    }

    // One line for an outage, not one for each call.
    private void Failed(RpcException failure)
    {
        if (failure.Code == RpcStatusCode.Unavailable && Interlocked.Exchange(ref _away, 1) == 0) _logger.PeerAway(_peer, failure.Message);
    }
}
