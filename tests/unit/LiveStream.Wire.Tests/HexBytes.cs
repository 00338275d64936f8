namespace LiveStream.Wire.Tests;

/// <summary>Bytes written as hexadecimal with spaces, so that fields stay visible.</summary>
internal static class HexBytes
{
    public static byte[] Of(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static byte[] Random(Random random, int maximum)
    {
        var bytes = new byte[random.Next(maximum + 1)];
        random.NextBytes(bytes);
        return bytes;
    }
}
