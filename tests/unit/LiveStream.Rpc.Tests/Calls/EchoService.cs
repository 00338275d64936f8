using System.Runtime.CompilerServices;

using Google.Protobuf;

using Grpc.Core;

using LiveStream.Contracts;
using LiveStream.Rpc.Tests.Echo.V1;

namespace LiveStream.Rpc.Tests.Calls;

/// <summary>What <c>echo.proto</c> stands for.</summary>
internal interface IEcho
{
    Task<EchoMessage> SayAsync(EchoMessage message, CancellationToken cancellationToken);

    Task<EchoMessage> AskAsync(EchoMessage message, CancellationToken cancellationToken);

    Task<EchoMessage> FailAsync(Failure failure, CancellationToken cancellationToken);

    Task<EchoMessage> WaitAsync(EchoMessage message, CancellationToken cancellationToken);

    IAsyncEnumerable<EchoMessage> RepeatAsync(EchoMessage message, CancellationToken cancellationToken);

    IAsyncEnumerable<EchoMessage> RepeatAndWaitAsync(EchoMessage message, CancellationToken cancellationToken);

    IAsyncEnumerable<EchoMessage> RepeatAndFailAsync(EchoMessage message, CancellationToken cancellationToken);
}

/// <summary>The methods of <c>echo.proto</c>, and what they saw.</summary>
internal sealed class EchoService : IEcho
{
    private int _saying;
    private int _failures;
    private int _produced;

    /// <summary>Ends when a call of Wait or RepeatAndWait was cancelled.</summary>
    public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Calls of Say and Ask.</summary>
    public int Said => _saying;

    /// <summary>Replies that Repeat and its like have made.</summary>
    public int Produced => Volatile.Read(ref _produced);

    /// <summary>So many of the next calls of Say and Ask end with UNAVAILABLE.</summary>
    public int FailNext
    {
        set => _failures = value;
    }

    public Task<EchoMessage> AskAsync(EchoMessage message, CancellationToken cancellationToken) => SayAsync(message, cancellationToken);

    public Task<EchoMessage> FailAsync(Failure failure, CancellationToken cancellationToken) =>
        throw new RpcException(new Status((StatusCode)failure.Code, failure.Message));

    public Task<EchoMessage> SayAsync(EchoMessage message, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _saying);
        if (Interlocked.Decrement(ref _failures) >= 0) throw new ControlException(ControlError.Unavailable, "not now");
        if (message.Text == "crash") throw new InvalidOperationException("a secret of the inside");
        return Task.FromResult(message);
    }

    public async Task<EchoMessage> WaitAsync(EchoMessage message, CancellationToken cancellationToken)
    {
        await UntilLeftAsync(cancellationToken);
        return message;
    }

    public async IAsyncEnumerable<EchoMessage> RepeatAsync(EchoMessage message, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0u; i < message.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Interlocked.Increment(ref _produced);
            var ballast = message.Text == "twice as much" ? ByteString.CopyFrom([.. message.Ballast, .. message.Ballast]) : message.Ballast;
            yield return new EchoMessage { Text = message.Text, Count = i, Ballast = ballast };
        }

        await Task.CompletedTask;
    }

    public async IAsyncEnumerable<EchoMessage> RepeatAndWaitAsync(EchoMessage message, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var again in RepeatAsync(message, cancellationToken)) yield return again;
        await UntilLeftAsync(cancellationToken);
    }

    public async IAsyncEnumerable<EchoMessage> RepeatAndFailAsync(EchoMessage message, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var again in RepeatAsync(message, cancellationToken)) yield return again;
        throw new ControlException(ControlError.Aborted, "100 % genug: ü\n");
    }

    private async Task UntilLeftAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            Left.TrySetResult();
        }
    }
}
