using System.Buffers.Binary;
using LiveStream.Sfu.Sctp;

namespace LiveStream.Sfu.Tests.Sctp;

/// <summary>Packets made by hand.</summary>
internal static class SctpPackets
{
    /// <summary>One packet of these chunks, with a right checksum.</summary>
    public static byte[] Make(uint tag, params (SctpChunkType Type, byte Flags, byte[] Value)[] chunks)
    {
        var writer = new SctpPacketWriter(new byte[2048], 5000, 5000, tag);
        foreach (var (type, flags, value) in chunks) writer.Chunk(type, flags, value);
        return writer.Finish().ToArray();
    }

    /// <summary>Value of a DATA chunk.</summary>
    public static byte[] Data(uint tsn, ushort stream, byte[] payload, uint protocol = PayloadProtocol.String)
    {
        var value = new byte[12 + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(value, tsn);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(4), stream);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(8), protocol);
        payload.CopyTo(value.AsSpan(12));
        return value;
    }

    /// <summary>Value of an INIT or INIT ACK chunk.</summary>
    public static byte[] Init(uint tag, uint tsn, uint window = 100_000)
    {
        var value = new byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(value, tag);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(4), window);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(8), 10);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(10), 10);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(12), tsn);
        return value;
    }

    /// <summary>Types of the chunks of a packet.</summary>
    public static IEnumerable<SctpChunkType> Types(byte[] packet)
    {
        Assert.Equal(SctpError.None, SctpPacketView.TryParse(packet, out var view));
        var types = new List<SctpChunkType>();
        var chunks = view.Chunks;
        while (chunks.TryRead(out var chunk)) types.Add(chunk.ChunkType);
        return types;
    }

    /// <summary>The verification tag that a side's packets carry.</summary>
    public static uint TagOf(byte[] packet) => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4));
}
