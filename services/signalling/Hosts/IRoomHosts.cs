using LiveStream.Contracts.Signalling.V1;

namespace LiveStream.Signalling.Hosts;

/// <summary>Which signalling node has a room.</summary>
internal interface IRoomHosts
{
    /// <summary>The node that has the room; null where every room is here, or, unless it is to be placed, where none has it.</summary>
    /// <param name="roomId">Of a room whose token was checked.</param>
    /// <param name="place">Gives a room that no node has to the least loaded one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<SignallingNode?> FindAsync(string roomId, bool place, CancellationToken cancellationToken);

    /// <summary>Whether that is this node.</summary>
    bool IsHere(SignallingNode? node);
}

/// <summary>There is one node.</summary>
internal sealed class OneHost : IRoomHosts
{
    public Task<SignallingNode?> FindAsync(string roomId, bool place, CancellationToken cancellationToken) => Task.FromResult<SignallingNode?>(null);

    public bool IsHere(SignallingNode? node) => true;
}
