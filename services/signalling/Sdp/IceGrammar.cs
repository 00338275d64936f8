using System.Globalization;

namespace LiveStream.Signalling.Sdp;

/// <summary>Checks for the ICE productions of RFC 8839 §5. Total: any text is answered with true or false.</summary>
public static class IceGrammar
{
    /// <summary><c>ice-ufrag-value = 4*256ice-char</c> (RFC 8839 §5.4).</summary>
    public static bool IsUfrag(ReadOnlySpan<char> text) => text.Length is >= 4 and <= 256 && IsIceChars(text);

    /// <summary><c>ice-pwd-value = 22*256ice-char</c> (RFC 8839 §5.4).</summary>
    public static bool IsPwd(ReadOnlySpan<char> text) => text.Length is >= 22 and <= 256 && IsIceChars(text);

    /// <summary>The value of <c>a=candidate:</c> (RFC 8839 §5.1), without that prefix.</summary>
    public static bool IsCandidate(ReadOnlySpan<char> text)
    {
        // foundation SP component-id SP transport SP priority SP connection-address SP port SP "typ" SP cand-type
        // [SP "raddr" SP address] [SP "rport" SP port] *(SP ext-name SP ext-value)
        if (!TryToken(ref text, out var foundation) || foundation.Length > 32 || !IsIceChars(foundation)) return false;
        if (!TryToken(ref text, out var component) || !IsNumber(component, 1, 256)) return false;
        if (!TryToken(ref text, out var transport) || !IsToken(transport)) return false;
        if (!TryToken(ref text, out var priority) || !IsNumber(priority, 1, int.MaxValue)) return false;
        if (!TryToken(ref text, out var address) || address.Length > 255) return false;
        if (!TryToken(ref text, out var port) || !IsNumber(port, 0, ushort.MaxValue)) return false;
        if (!TryToken(ref text, out var typ) || !typ.SequenceEqual("typ")) return false;
        if (!TryToken(ref text, out var type) || !IsToken(type)) return false;

        while (!text.IsEmpty)
        {
            if (!TryToken(ref text, out _)) return false;
            if (!TryToken(ref text, out _)) return false;
        }
        return true;
    }

    // Takes the text up to the next space; an empty token (double or trailing space) is an error.
    private static bool TryToken(ref ReadOnlySpan<char> text, out ReadOnlySpan<char> token)
    {
        var space = text.IndexOf(' ');
        token = space < 0 ? text : text[..space];
        var trailing = space >= 0 && space == text.Length - 1;
        text = space < 0 ? default : text[(space + 1)..];
        return !token.IsEmpty && !trailing && !token.ContainsAnyExceptInRange('!', '~');
    }

    private static bool IsNumber(ReadOnlySpan<char> text, uint least, uint most) =>
        text.Length <= 10 && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        && value >= least && value <= most;

    // ice-char = ALPHA / DIGIT / "+" / "/". Hyphen and underscore are outside the grammar, but some clients make their
    // credentials in base64url; nothing is gained by refusing them.
    private static bool IsIceChars(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/' or '-' or '_' or '=')) return false;
        return true;
    }

    private static bool IsToken(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`{|}~".Contains(c)) return false;
        return true;
    }
}
