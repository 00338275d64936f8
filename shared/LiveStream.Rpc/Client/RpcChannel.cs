using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

using Google.Protobuf;
using Google.Protobuf.Reflection;

using Grpc.Core;
using Grpc.Net.Client;

using LiveStream.Rpc.Contracts;

using Microsoft.Extensions.Logging;

namespace LiveStream.Rpc.Client;

/// <summary>
/// Calls to one address. Fails with <see cref="RpcException"/>, and with <see cref="OperationCanceledException"/> when the
/// caller cancelled. Safe for any number of callers.
/// </summary>
public sealed class RpcChannel : IDisposable
{
    private readonly string _peer;
    private readonly RpcOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Random _random;
    private readonly GrpcChannel _channel;
    private readonly CallInvoker _calls;
    private readonly Metadata _headers;
    private readonly RetryPolicy _retry;
    private readonly ConcurrentDictionary<MethodDescriptor, (IMethod Method, bool IsIdempotent)> _methods = new();
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
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = new ReachedHandler(PeerConnections.Create(options), Reached),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = options.MaxMessageBytes,
            MaxSendMessageSize = options.MaxMessageBytes,
        });
        _calls = _channel.CreateCallInvoker();
        _headers = new Metadata { { "authorization", "Bearer " + options.Token } };
        _retry = new RetryPolicy(options.Attempts, options.FirstRetry, options.LongestRetry);
    }

    /// <summary>One request, one reply, within <see cref="RpcOptions.CallTimeout"/> or the given deadline, retries included.</summary>
    public async Task<TReply> UnaryAsync<TRequest, TReply>(
        MethodDescriptor method, TRequest request, CancellationToken cancellationToken, TimeSpan? deadline = null)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply>
    {
        var (target, isIdempotent) = Find<TRequest, TReply>(method);
        using var span = RpcTracing.Calling(target);
        try
        {
            var reply = await TryAsync(target, isIdempotent, request, deadline ?? _options.CallTimeout, cancellationToken);
            span.Ended(StatusCode.OK);
            return reply;
        }
        catch (Exception e)
        {
            span.Ended((e as RpcException)?.StatusCode ?? StatusCode.Cancelled);
            throw;
        }
    }

    /// <summary>One request, many replies, until the other side ends it or the caller cancels. Never repeated: its caller knows what was missed.</summary>
    public async IAsyncEnumerable<TReply> ServerStreamingAsync<TRequest, TReply>(
        MethodDescriptor method, TRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply>
    {
        using var call = _calls.AsyncServerStreamingCall(
            Find<TRequest, TReply>(method).Method, host: null, new CallOptions(_headers, cancellationToken: cancellationToken), request);
        // The other side answers with headers as soon as it serves the call, so that a dead one is not waited for without end.
        await GuardedAsync(call.ResponseHeadersAsync.WaitAsync(_options.CallTimeout, _time, cancellationToken), _options.CallTimeout, DateTimeOffset.MaxValue, cancellationToken);
        while (await GuardedAsync(call.ResponseStream.MoveNext(cancellationToken), Timeout.InfiniteTimeSpan, DateTimeOffset.MaxValue, cancellationToken))
            yield return call.ResponseStream.Current;
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private async Task<TReply> TryAsync<TRequest, TReply>(
        Method<TRequest, TReply> method, bool isIdempotent, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : class
    {
        // One deadline for all tries; gRPC's are times of day.
        var deadline = _time.GetUtcNow() + timeout;
        for (var failed = 0; ; )
        {
            TimeSpan pause;
            try
            {
                using var call = _calls.AsyncUnaryCall(method, host: null, new CallOptions(_headers, deadline.UtcDateTime, cancellationToken), request);
                return await GuardedAsync(call.ResponseAsync, timeout, deadline, cancellationToken);
            }
            catch (RpcException e)
            {
                // What a pause beyond the deadline would hide is why.
                if (_retry.PauseAfter(e, ++failed, isIdempotent, _random.NextDouble()) is not { } next || _time.GetUtcNow() + next >= deadline) throw;
                pause = next;
            }

            await Task.Delay(pause, _time, cancellationToken);
        }
    }

    // The caller's own cancellation, and its deadline, are none of the other side's failures, whatever the library makes of a reply that it
    // was reading at that moment. A loss of the other side is told to the log.
    private async Task<T> GuardedAsync<T>(Task<T> waiting, TimeSpan timeout, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        try
        {
            return await waiting;
        }
        catch (RpcException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Status.Detail, e, cancellationToken);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.DeadlineExceeded ? e.Status.Detail.Length == 0 : IsTorn(e) && _time.GetUtcNow() >= deadline)
        {
            throw Late(timeout);
        }
        catch (TimeoutException)
        {
            throw Late(timeout);
        }
        catch (RpcException e)
        {
            Failed(e = e.AsLoss());
            throw e;
        }
    }

    private static bool IsTorn(RpcException failure) => failure.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled;

    private (Method<TRequest, TReply> Method, bool IsIdempotent) Find<TRequest, TReply>(MethodDescriptor descriptor)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply>
    {
        var (method, isIdempotent) = _methods.GetOrAdd(descriptor, static proto => (ContractMethods.OnTheWire<TRequest, TReply>(proto),
            proto.GetOptions()?.IdempotencyLevel is MethodOptions.Types.IdempotencyLevel.NoSideEffects or MethodOptions.Types.IdempotencyLevel.Idempotent));
        return ((Method<TRequest, TReply>)method, isIdempotent);
    }

    private RpcException Late(TimeSpan timeout) => new(new Status(StatusCode.DeadlineExceeded, $"{_peer} did not answer within {timeout.TotalSeconds:0.###} s"));

    private void Reached()
    {
        if (Interlocked.Exchange(ref _away, 0) == 1) _logger.PeerBack(_peer);
    }

    // One line for an outage, not one for each call.
    private void Failed(RpcException failure)
    {
        if (failure.StatusCode == StatusCode.Unavailable && Interlocked.Exchange(ref _away, 1) == 0)
            _logger.PeerAway(_peer, failure.Status.DebugException?.Message ?? failure.Status.Detail);
    }
}
