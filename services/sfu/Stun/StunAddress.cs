namespace LiveStream.Sfu.Stun;

/// <summary>Address families and the XOR of RFC 8489 §14.1 and §14.2.</summary>
internal static class StunAddress
{
    public const byte Ipv4Family = 0x01, Ipv6Family = 0x02;

    /// <summary>XORs 4 or 16 address bytes with magic cookie and transaction id (header bytes 4 to 19); its own inverse.</summary>
    public static void Xor(ReadOnlySpan<byte> address, ReadOnlySpan<byte> cookieAndTransactionId, Span<byte> destination)
    {
        for (var i = 0; i < address.Length; i++)
            destination[i] = (byte)(address[i] ^ cookieAndTransactionId[i]);
    }
}
