namespace LiveStream.Media.H264;

/// <summary>
/// Reads bits of a raw byte sequence payload (ITU-T H.264 §7.2), skipping each <c>emulation_prevention_three_byte</c>.
/// Total: beyond the end, and for codes longer than 32 bits, every read yields 0 and <see cref="Failed"/> turns true,
/// so that a caller reads a whole structure and looks once.
/// </summary>
public ref struct RbspReader(ReadOnlySpan<byte> payload)
{
    private readonly ReadOnlySpan<byte> bytes = payload;
    private int position;
    private int zeros;
    private int bitsLeft;
    private byte current;

    /// <summary>True once a read went beyond the end or met an impossible code.</summary>
    public bool Failed { get; private set; }

    /// <summary><c>u(1)</c> as a flag.</summary>
    public bool ReadFlag() => ReadBit() != 0;

    /// <summary><c>u(n)</c>, n up to 32.</summary>
    public uint ReadBits(int count)
    {
        uint value = 0;
        for (var i = 0; i < count; i++) value = (value << 1) | ReadBit();
        return Failed ? 0 : value;
    }

    /// <summary><c>ue(v)</c> (§9.1).</summary>
    public uint ReadUnsignedExpGolomb()
    {
        var leadingZeros = 0;
        while (ReadBit() == 0)
        {
            leadingZeros++;
            if (Failed || leadingZeros > 31)
            {
                Failed = true;
                return 0;
            }
        }

        return (1u << leadingZeros) - 1 + ReadBits(leadingZeros);
    }

    /// <summary><c>se(v)</c> (§9.1.1): 1, -1, 2, -2, …</summary>
    public int ReadSignedExpGolomb()
    {
        var code = ReadUnsignedExpGolomb();
        return (int)((code & 1) != 0 ? (code >> 1) + 1 : 0 - (code >> 1));
    }

    private uint ReadBit()
    {
        if (bitsLeft == 0 && !NextByte()) return 0;

        bitsLeft--;
        return (uint)(current >> bitsLeft) & 1;
    }

    private bool NextByte()
    {
        // 00 00 03: the 03 is no part of the payload (§7.3.1).
        if (zeros >= 2 && position < bytes.Length && bytes[position] == 3)
        {
            position++;
            zeros = 0;
        }

        if (position >= bytes.Length)
        {
            Failed = true;
            return false;
        }

        current = bytes[position++];
        zeros = current == 0 ? zeros + 1 : 0;
        bitsLeft = 8;
        return true;
    }
}
