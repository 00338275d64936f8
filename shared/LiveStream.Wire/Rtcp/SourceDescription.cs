using System.Buffers.Binary;

namespace LiveStream.Wire.Rtcp;

/// <summary>Source description (RFC 3550 §6.5), seen in place: chunks of an SSRC and its items.</summary>
public readonly ref struct SourceDescription
{
    /// <summary>Item type of the canonical name (§6.5.1).</summary>
    public const byte CnameItem = 1;

    private readonly ReadOnlySpan<byte> _body;
    private readonly int _chunkCount;

    private SourceDescription(ReadOnlySpan<byte> body, int chunkCount)
    {
        _body = body;
        _chunkCount = chunkCount;
    }

    /// <summary>Reads the packet; false when it is of another type, or a chunk or item runs past the end.</summary>
    public static bool TryParse(RtcpPacketView packet, out SourceDescription description)
    {
        description = default;
        if (packet.PacketType != RtcpType.SourceDescription) return false;

        var items = new ItemReader(packet.Body, packet.Count);
        while (items.TryRead(out _, out _, out _))
        {
        }

        if (items.IsMalformed) return false;
        description = new SourceDescription(packet.Body, packet.Count);
        return true;
    }

    /// <summary>All items of all chunks in wire order.</summary>
    public ItemReader Items => new(_body, _chunkCount);

    /// <summary>The first canonical name; UTF-8, unchecked.</summary>
    public bool TryGetCname(out uint ssrc, out ReadOnlySpan<byte> cname)
    {
        var items = Items;
        while (items.TryRead(out ssrc, out var type, out cname))
        {
            if (type == CnameItem) return true;
        }

        return false;
    }

    /// <summary>The canonical name of one source; UTF-8, unchecked.</summary>
    public bool TryGetCname(uint ssrc, out ReadOnlySpan<byte> cname)
    {
        var items = Items;
        while (items.TryRead(out var owner, out var type, out cname))
        {
            if (owner == ssrc && type == CnameItem) return true;
        }

        return false;
    }

    /// <summary>Walks the items; a chunk ends with a null octet and padding to 32 bits.</summary>
    public ref struct ItemReader
    {
        private readonly ReadOnlySpan<byte> _body;
        private int _chunksLeft;
        private int _offset;
        private uint _ssrc;
        private bool _inChunk;

        internal ItemReader(ReadOnlySpan<byte> body, int chunkCount)
        {
            _body = body;
            _chunksLeft = chunkCount;
        }

        internal bool IsMalformed { get; private set; }

        /// <summary>Reads the next item; false at the end.</summary>
        public bool TryRead(out uint ssrc, out byte type, out ReadOnlySpan<byte> text)
        {
            ssrc = 0;
            type = 0;
            text = default;
            while (_inChunk || _chunksLeft > 0)
            {
                if (!_inChunk && !TryEnterChunk()) break;
                if (_offset >= _body.Length) break;

                type = _body[_offset];
                if (type == 0)
                {
                    // Chunks start at multiples of four from the start of the body.
                    _offset = (_offset + 4) & ~3;
                    _inChunk = false;
                    continue;
                }

                if (_body.Length - _offset < 2 || _body.Length - _offset - 2 < _body[_offset + 1]) break;

                text = _body.Slice(_offset + 2, _body[_offset + 1]);
                ssrc = _ssrc;
                _offset += 2 + text.Length;
                return true;
            }

            IsMalformed = _inChunk || _chunksLeft > 0;
            _inChunk = false;
            _chunksLeft = 0;
            type = 0;
            return false;
        }

        private bool TryEnterChunk()
        {
            if (_body.Length - _offset < 4) return false;
            _ssrc = BinaryPrimitives.ReadUInt32BigEndian(_body[_offset..]);
            _offset += 4;
            _chunksLeft--;
            _inChunk = true;
            return true;
        }
    }
}
