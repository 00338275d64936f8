using System.Buffers;
using LiveStream.Wire.Framing;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>
/// Whole framed packets as one receive call brought them. The buffer is rented; whoever holds the batch disposes of it once.
/// </summary>
internal sealed class PacketBatch(byte[] buffer, int length, long timestamp) : IDisposable
{
    private byte[]? rented = buffer;

    /// <summary>Arrival, a timestamp of the process's <see cref="TimeProvider"/>.</summary>
    public long Timestamp { get; } = timestamp;

    /// <summary>Reads the packet at <paramref name="offset"/> and moves on.</summary>
    public bool TryRead(ref int offset, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        if (rented is null
            || !FramedPackets.TryRead(rented.AsSpan(offset, length - offset), JitterBuffer.MaxPacketLength, out packet, out var consumed, out _))
        {
            return false;
        }

        offset += consumed;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref rented, null) is { } mine) ArrayPool<byte>.Shared.Return(mine);
    }
}

/// <summary>The receiver of one export's connections.</summary>
internal interface IExportSink
{
    /// <summary>A connection of this export said hello.</summary>
    void OnConnected();

    /// <summary>Takes over a batch; completes when there is room for the next one.</summary>
    ValueTask ReceiveAsync(PacketBatch batch, CancellationToken cancellationToken);

    /// <summary>The connection ended, by either side.</summary>
    void OnClosed(string reason);
}
