using System.Collections.Concurrent;

using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Room;

/// <summary>
/// The budgets of the peers that are here or were here a moment ago: who comes back by another socket goes on with what it had
/// left. Safe for concurrent use.
/// </summary>
internal sealed class MessageBudgets(RoomOptions options, TimeProvider time)
{
    // What a peer that comes is told, the list of peers first of all, in messages that it might have sent.
    private const int OpeningPrice = 10;

    private readonly ConcurrentDictionary<(string TokenHash, string PeerId), MessageBudget> _budgets = new();

    /// <summary>Monotonic milliseconds, as <see cref="MessageBudget"/> takes them.</summary>
    public static long Now(TimeProvider time) => (long)time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>How many are kept.</summary>
    public int Count => _budgets.Count;

    /// <summary>The budget of a peer that opens a socket; null when it opens too many.</summary>
    public MessageBudget? TryOpen(PeerIdentity identity)
    {
        var budget = _budgets.GetOrAdd((identity.TokenHash, identity.PeerId), static (_, self) => self.Make(), this);
        if (budget.Take(Now(time)) != BudgetVerdict.Admitted) return null;
        budget.Charge(OpeningPrice - 1);
        return budget;
    }

    /// <summary>One for a socket that is not admitted anyway.</summary>
    public MessageBudget Make() => new(options.MessagesPerSecond, options.MessageBurst, options.MaxRefusedMessages);

    /// <summary>Forgets those that are as good as new.</summary>
    public void Sweep()
    {
        var now = Now(time);
        foreach (var (peer, budget) in _budgets)
            if (budget.IsFresh(now)) _budgets.TryRemove(peer, out _);
    }
}
