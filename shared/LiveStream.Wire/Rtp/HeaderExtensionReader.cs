namespace LiveStream.Wire.Rtp;

/// <summary>
/// Walks the elements of an RTP header extension in the one-byte (0xBEDE) and two-byte (0x100x) forms of
/// RFC 8285. An element that runs past the end, and whatever follows it, is ignored.
/// </summary>
public ref struct HeaderExtensionReader
{
    internal const ushort OneByteProfile = 0xBEDE;
    private const ushort TwoByteProfile = 0x1000, TwoByteProfileMask = 0xFFF0;
    private const byte PaddingId = 0, StopId = 15;

    private readonly bool _oneByte;
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts at the first element.</summary>
    /// <param name="profile">The 16 bits "defined by profile"; another form than RFC 8285 reads as empty.</param>
    /// <param name="data">The extension after its 4-byte header.</param>
    public HeaderExtensionReader(ushort profile, ReadOnlySpan<byte> data)
    {
        _oneByte = profile == OneByteProfile;
        // The low four bits of the two-byte form are application bits (§4.3).
        var known = _oneByte || (profile & TwoByteProfileMask) == TwoByteProfile;
        _rest = known ? data : default;
    }

    /// <summary>Reads the next element; false at the end.</summary>
    public bool TryRead(out byte id, out ReadOnlySpan<byte> value)
    {
        while (!_rest.IsEmpty)
        {
            if (_rest[0] == PaddingId)
            {
                _rest = _rest[1..];
                continue;
            }

            if (_oneByte ? TryReadOneByte(out id, out value) : TryReadTwoByte(out id, out value)) return true;
            _rest = default;
        }

        id = 0;
        value = default;
        return false;
    }

    //  0 1 2 3 4 5 6 7
    // +-+-+-+-+-+-+-+-+
    // |  ID   | len-1 |   (§4.2)
    // +-+-+-+-+-+-+-+-+
    private bool TryReadOneByte(out byte id, out ReadOnlySpan<byte> value)
    {
        value = default;
        id = (byte)(_rest[0] >> 4);
        // Identifier 15, and 0 with a length, end the processing (§4.2).
        if (id is StopId or PaddingId) return false;

        var length = (_rest[0] & 0x0F) + 1;
        if (_rest.Length < 1 + length) return false;

        value = _rest.Slice(1, length);
        _rest = _rest[(1 + length)..];
        return true;
    }

    //  0                   1
    //  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
    // +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    // |      ID       |    length     |   (§4.3)
    // +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    private bool TryReadTwoByte(out byte id, out ReadOnlySpan<byte> value)
    {
        value = default;
        id = _rest[0];
        if (_rest.Length < 2 || _rest.Length < 2 + _rest[1]) return false;

        var length = _rest[1];
        value = _rest.Slice(2, length);
        _rest = _rest[(2 + length)..];
        return true;
    }
}
