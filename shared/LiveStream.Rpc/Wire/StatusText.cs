using System.Text;

namespace LiveStream.Rpc.Wire;

/// <summary>Percent coding of <c>grpc-message</c>: UTF-8, where every byte but printable ASCII, and the percent sign, is <c>%XX</c>.</summary>
internal static class StatusText
{
    // Headers have a limit on the other side too.
    private const int MostCharacters = 1024;

    public static string Encode(string text)
    {
        if (text.Length > MostCharacters) text = text[..MostCharacters];
        var plain = true;
        foreach (var c in text) plain &= c is >= ' ' and <= '~' and not '%';
        if (plain) return text;

        var coded = new StringBuilder(text.Length * 2);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= (byte)' ' and <= (byte)'~' and not (byte)'%') coded.Append((char)b);
            else coded.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return coded.ToString();
    }

    /// <summary>What is not percent coding stands for itself: a damaged text is better than none.</summary>
    public static string Decode(string coded)
    {
        if (!coded.Contains('%', StringComparison.Ordinal)) return coded;
        var bytes = new List<byte>(coded.Length);
        for (var i = 0; i < coded.Length; i++)
        {
            if (coded[i] == '%' && i + 2 < coded.Length && char.IsAsciiHexDigit(coded[i + 1]) && char.IsAsciiHexDigit(coded[i + 2]))
            {
                bytes.Add(Convert.FromHexString(coded.AsSpan(i + 1, 2))[0]);
                i += 2;
            }
            else
            {
                bytes.Add(coded[i] <= 0x7F ? (byte)coded[i] : (byte)'?');
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
