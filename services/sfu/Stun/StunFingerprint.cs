namespace LiveStream.Sfu.Stun;

/// <summary>The FINGERPRINT value of RFC 8489 §14.7: CRC-32 of ITU V.42 XORed with "STUN".</summary>
internal static class StunFingerprint
{
    private const uint ReversedPolynomial = 0xEDB88320;
    private const uint XorValue = 0x5354554E; // "STUN"

    private static readonly uint[] Table = BuildTable();

    /// <summary>Value for the bytes before the FINGERPRINT attribute, the header's length already counting that attribute.</summary>
    public static uint Compute(ReadOnlySpan<byte> message)
    {
        var crc = uint.MaxValue;
        foreach (var octet in message)
            crc = Table[(byte)(crc ^ octet)] ^ (crc >> 8);
        return ~crc ^ XorValue;
    }

    private static uint[] BuildTable()
    {
        var table = new uint[256];
        for (var index = 0u; index < table.Length; index++)
        {
            var value = index;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? (value >> 1) ^ ReversedPolynomial : value >> 1;
            table[index] = value;
        }
        return table;
    }
}
