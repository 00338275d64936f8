using System.Buffers.Binary;
using LiveStream.Wire.Rtp;

namespace LiveStream.Testing;

/// <summary>Builds one clear RTP packet field by field (RFC 3550 §5.1, RFC 8285 one-byte extensions).</summary>
public sealed class PacketBuilder
{
    private readonly List<(byte Id, byte[] Value)> _extensions = [];
    private readonly List<uint> _csrcs = [];
    private byte[] _payload = [];
    private bool _marker;
    private byte _payloadType = 96, _padding;
    private ushort _sequenceNumber = 1;
    private uint _timestamp, _ssrc = 0x1234_5678;

    /// <summary>Sets the marker bit.</summary>
    public PacketBuilder Marker(bool marker = true)
    {
        _marker = marker;
        return this;
    }

    /// <summary>Sets the payload type; 96 otherwise.</summary>
    public PacketBuilder PayloadType(byte payloadType)
    {
        _payloadType = payloadType;
        return this;
    }

    /// <summary>Sets the sequence number; 1 otherwise.</summary>
    public PacketBuilder SequenceNumber(int sequenceNumber)
    {
        _sequenceNumber = (ushort)sequenceNumber;
        return this;
    }

    /// <summary>Sets the timestamp; 0 otherwise.</summary>
    public PacketBuilder Timestamp(uint timestamp)
    {
        _timestamp = timestamp;
        return this;
    }

    /// <summary>Sets the SSRC.</summary>
    public PacketBuilder Ssrc(uint ssrc)
    {
        _ssrc = ssrc;
        return this;
    }

    /// <summary>Adds a contributing source.</summary>
    public PacketBuilder Csrc(uint csrc)
    {
        _csrcs.Add(csrc);
        return this;
    }

    /// <summary>Adds a one-byte header extension element.</summary>
    public PacketBuilder Extension(byte id, params byte[] value)
    {
        _extensions.Add((id, value));
        return this;
    }

    /// <summary>Adds the transport-wide sequence number.</summary>
    public PacketBuilder TransportSequenceNumber(byte id, int sequenceNumber) =>
        Extension(id, (byte)(sequenceNumber >> 8), (byte)sequenceNumber);

    /// <summary>Sets the payload.</summary>
    public PacketBuilder Payload(params byte[] payload)
    {
        _payload = payload;
        return this;
    }

    /// <summary>Sets a payload of the size that counts 0, 1, 2 …</summary>
    public PacketBuilder PayloadSize(int size)
    {
        _payload = new byte[size];
        for (var i = 0; i < size; i++) _payload[i] = (byte)i;
        return this;
    }

    /// <summary>Adds padding of 1 to 255 bytes, the count byte included.</summary>
    public PacketBuilder Padding(byte bytes)
    {
        _padding = bytes;
        return this;
    }

    /// <summary>The packet.</summary>
    public byte[] Build()
    {
        Span<byte> extension = stackalloc byte[1024];
        var extensionLength = 0;
        if (_extensions.Count > 0)
        {
            var writer = new OneByteExtensionWriter(extension);
            foreach (var (id, value) in _extensions) writer.Add(id, value);
            extensionLength = writer.Finish();
        }
        var packet = new byte[RtpPacketView.FixedHeaderSize + 4 * _csrcs.Count + extensionLength + _payload.Length + _padding];
        var offset = RtpWriter.WriteFixedHeader(packet, _marker, _payloadType, _sequenceNumber, _timestamp, _ssrc, extensionLength > 0, _padding > 0);
        packet[0] |= (byte)_csrcs.Count;
        foreach (var csrc in _csrcs)
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(offset), csrc);
            offset += 4;
        }
        extension[..extensionLength].CopyTo(packet.AsSpan(offset));
        _payload.CopyTo(packet.AsSpan(offset + extensionLength));
        if (_padding > 0) packet[^1] = _padding;
        return packet;
    }
}
