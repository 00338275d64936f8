using System.Buffers.Binary;

namespace LiveStream.Rooms.Storage;

/// <summary>
/// Message ids of one transaction: ascending, as rows are inserted in the order of their keys, so that events come to the
/// log in the order they were published. 90 bits are drawn for each transaction.
/// </summary>
internal sealed class MessageIds
{
    private const int CounterOffset = 12;

    private readonly byte[] _id = Guid.NewGuid().ToByteArray(bigEndian: true);
    private uint _count;

    /// <summary>The next id. Not safe from several threads.</summary>
    public Guid Next()
    {
        BinaryPrimitives.WriteUInt32BigEndian(_id.AsSpan(CounterOffset), _count++);
        return new Guid(_id, bigEndian: true);
    }
}
