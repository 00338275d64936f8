using Grpc.Core;

namespace LiveStream.Rpc.Client;

/// <summary>Whether and when a failed call is tried again.</summary>
internal sealed class RetryPolicy(int attempts, TimeSpan first, TimeSpan longest)
{
    /// <summary>
    /// The pause before the next try; null when there is none. A call that never left may be repeated whatever it does, another
    /// one when its proto says so (<c>idempotency_level</c>) and the other side may be back soon.
    /// </summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="failed">Tries so far.</param>
    /// <param name="idempotent">What the proto says.</param>
    /// <param name="chance">0 to below 1: callers that failed together do not come back together.</param>
    public TimeSpan? PauseAfter(RpcException failure, int failed, bool idempotent, double chance)
    {
        if (failed >= attempts || failure.StatusCode != StatusCode.Unavailable || !(failure.NeverSent() || idempotent)) return null;
        // 2^16 times the shortest pause is beyond every limit.
        var full = first * (1L << Math.Min(failed - 1, 16));
        if (full > longest) full = longest;
        return full * (0.5 + chance / 2);
    }
}
