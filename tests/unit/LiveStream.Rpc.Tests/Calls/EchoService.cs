using System.Runtime.CompilerServices;

using LiveStream.Contracts;
using LiveStream.Rpc.Server;
using LiveStream.Rpc.Tests.Echo.V1;

namespace LiveStream.Rpc.Tests.Calls;

/// <summary>The methods of <c>echo.proto</c>, and what they saw.</summary>
internal sealed class EchoService
{
    private int _saying;
    private int _failures;

    /// <summary>Ends when a call of Wait or RepeatAndWait was cancelled.</summary>
    public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Calls of Say and Ask.</summary>
    public int Said => _saying;

    /// <summary>So many of the next calls of Say and Ask end with UNAVAILABLE.</summary>
    public int FailNext
    {
        set => _failures = value;
    }

    public RpcServiceDefinition Define() => new RpcServiceDefinition(EchoReflection.Descriptor.Services[0])
        .Unary<EchoMessage, EchoMessage>("Say", SayAsync)
        .Unary<EchoMessage, EchoMessage>("Ask", SayAsync)
        .Unary<Failure, EchoMessage>("Fail", (failure, _) => throw new RpcException((RpcStatusCode)failure.Code, failure.Message))
        .Unary<EchoMessage, EchoMessage>("Wait", WaitAsync)
        .ServerStreaming<EchoMessage, EchoMessage>("Repeat", (message, token) => RepeatAsync(message, token))
        .ServerStreaming<EchoMessage, EchoMessage>("RepeatAndWait", RepeatAndWaitAsync)
        .ServerStreaming<EchoMessage, EchoMessage>("RepeatAndFail", RepeatAndFailAsync)
        .Duplex<EchoMessage, EchoMessage>("Talk", TalkAsync);

    private Task<EchoMessage> SayAsync(EchoMessage message, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _saying);
        if (Interlocked.Decrement(ref _failures) >= 0) throw new ControlException(ControlError.Unavailable, "not now");
        if (message.Text == "crash") throw new InvalidOperationException("a secret of the inside");
        return Task.FromResult(message);
    }

    private async Task<EchoMessage> WaitAsync(EchoMessage message, CancellationToken cancellationToken)
    {
        await UntilLeftAsync(cancellationToken);
        return message;
    }

    private static async IAsyncEnumerable<EchoMessage> RepeatAsync(EchoMessage message, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0u; i < message.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new EchoMessage { Text = message.Text, Count = i, Ballast = message.Ballast };
        }

        await Task.CompletedTask;
    }

    private async IAsyncEnumerable<EchoMessage> RepeatAndWaitAsync(EchoMessage message, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var again in RepeatAsync(message, cancellationToken)) yield return again;
        await UntilLeftAsync(cancellationToken);
    }

    private static async IAsyncEnumerable<EchoMessage> RepeatAndFailAsync(EchoMessage message, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var again in RepeatAsync(message, cancellationToken)) yield return again;
        throw new ControlException(ControlError.Aborted, "100 % genug: ü\n");
    }

    private static async IAsyncEnumerable<EchoMessage> TalkAsync(
        IAsyncEnumerable<EchoMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var message in messages.WithCancellation(cancellationToken)) yield return message;
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
