using LiveStream.Signalling.Protocol;

namespace LiveStream.Signalling.Room;

/// <summary>
/// The request ids that one socket used last. A request with an id that is among them is not done again: two replies to one
/// id would be taken for the reply to something else.
/// </summary>
internal sealed class RecentIds
{
    private const int Capacity = 64;

    private readonly Queue<RequestId> _order = new(Capacity);
    private readonly HashSet<RequestId> _ids = [];

    /// <summary>False for an id that was used a short time ago.</summary>
    public bool TryAdd(RequestId id)
    {
        if (!_ids.Add(id)) return false;
        if (_order.Count == Capacity) _ids.Remove(_order.Dequeue());
        _order.Enqueue(id);
        return true;
    }
}
