namespace LiveStream.Testing;

/// <summary>Bytes from hex text that may hold blanks and line breaks, as RFCs print it.</summary>
public static class Hex
{
    /// <summary>The bytes of the text; anything but hex digits and white space throws <see cref="FormatException"/>.</summary>
    public static byte[] Bytes(string text)
    {
        Span<char> digits = text.Length <= 4096 ? stackalloc char[text.Length] : new char[text.Length];
        var count = 0;
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c)) digits[count++] = c;
        }
        return Convert.FromHexString(digits[..count]);
    }

    /// <summary>Lower-case hex without blanks.</summary>
    public static string Text(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
