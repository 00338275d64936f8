namespace LiveStream.Webhooks.Destinations;

/// <summary>What an endpoint may look like.</summary>
internal static class EndpointRules
{
    public const int MaxUrlLength = 2048;
    public const int MaxHeaders = 20;
    public const int MaxHeaderLength = 4096;
    public const int MaxEventTypes = 100;
    public const int MaxDescriptionLength = 1024;

    // Those that frame a message or say whom it is for, and those that the sender writes itself.
    private static readonly HashSet<string> s_reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Expect", "Keep-Alive",
        "Proxy-Connection", "Proxy-Authorization", "webhook-id", "webhook-timestamp", "webhook-signature",
    };

    /// <summary>Whether events can be sent there: absolute http or https, without a user.</summary>
    public static bool IsUrl(string text) =>
        text.Length <= MaxUrlLength && Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.Host.Length > 0 && uri.UserInfo.Length == 0 && !text.Any(c => char.IsControl(c) || c == ' ');

    /// <summary>Whether it can be sent as a header: a token (RFC 9110 §5.6.2) and visible ASCII, spaces and tabs.</summary>
    public static bool IsHeader(string name, string value)
    {
        const string Marks = "!#$%&'*+-.^_`|~";
        return name.Length is > 0 and <= 256 && value.Length <= MaxHeaderLength && !s_reserved.Contains(name)
            && name.All(c => char.IsAsciiLetterOrDigit(c) || Marks.Contains(c, StringComparison.Ordinal))
            && value.All(c => c is >= ' ' and <= '~' or '\t');
    }

    /// <summary>Whether it is the name of an event, or ends in <c>.*</c> for all that begin so.</summary>
    public static bool IsEventType(string text) =>
        text.Length is > 0 and <= 64 && text.TrimEnd('*').All(c => char.IsAsciiLetterLower(c) || c is '.' or '_') && text.Count(c => c == '*') <= 1
        && (!text.EndsWith('*') || text.EndsWith(".*", StringComparison.Ordinal));
}
