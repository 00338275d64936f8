using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Contracts.Signalling;
using LiveStream.Contracts.Signalling.V1;

namespace LiveStream.Sfu.Control;

/// <summary>
/// All signalling nodes as one, for announcements: each places the rooms that it has, and so each has to know this node. Who there is
/// says rooms; while it is away, those known last.
/// </summary>
internal sealed class EverySignalling(ISignallingNodes nodes, MediaNodesCaller callers, TimeProvider time) : IMediaNodes
{
    // Of an announcement: the rest is for the announcements themselves.
    private static readonly TimeSpan LookLimit = TimeSpan.FromMilliseconds(300);

    private SignallingNode[] known = [];

    /// <inheritdoc/>
    public async Task<AnnounceReply> AnnounceAsync(NodeAnnouncement request, CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken).ConfigureAwait(false);
        // One that hangs keeps none of the others waiting.
        var calls = known.Select(node => callers(node.ControlAddress).AnnounceAsync(request, cancellationToken)).ToArray();
        await ((Task)Task.WhenAll(calls)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (calls.Any(call => call.IsCompletedSuccessfully)) return new AnnounceReply();
        cancellationToken.ThrowIfCancellationRequested();
        throw new ControlException(ControlError.Unavailable, calls.Length == 0 ? "no signalling node is known" : "no signalling node answers");
    }

    /// <inheritdoc/>
    public Task<NodeLocation> LocateAsync(LocateRequest request, CancellationToken cancellationToken) =>
        throw new ControlException(ControlError.FailedPrecondition, "each signalling node places its own rooms");

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var late = new CancellationTokenSource(known.Length == 0 ? Timeout.InfiniteTimeSpan : LookLimit, time);
        using var stop = late.Token.Register(limit.Cancel);
        try
        {
            known = [.. (await nodes.ListAsync(new ListSignallingRequest(), limit.Token).ConfigureAwait(false)).Nodes];
        }
        catch (Exception e) when (e is ControlException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Those of before may well be right.
        }
    }
}
