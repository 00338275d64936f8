namespace LiveStream.Contracts.Webhooks;

/// <summary>Where webhooks can be sent, and with which headers: the same for the webhook of a room and for endpoints. Pure.</summary>
public static class WebhookTarget
{
    private const int MaxNameLength = 256;

    // Those that frame a message or say whom it is for, and those that the sender writes itself.
    private static readonly HashSet<string> s_reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Expect", "Keep-Alive",
        "Proxy-Connection", "Proxy-Authorization", "webhook-id", "webhook-timestamp", "webhook-signature",
    };

    /// <summary>Whether events can be sent there: absolute http or https, without a user, who would not be sent.</summary>
    public static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.Host.Length > 0 && uri.UserInfo.Length == 0 && !text.Any(c => char.IsControl(c) || c == ' ');

    /// <summary>Whether it can be sent as a header: a token (RFC 9110 §5.6.2) that is nobody else's, and visible ASCII, spaces and tabs.</summary>
    public static bool IsHeader(string name, string value)
    {
        const string Marks = "!#$%&'*+-.^_`|~";
        return name.Length is > 0 and <= MaxNameLength && !s_reserved.Contains(name)
            && name.All(c => char.IsAsciiLetterOrDigit(c) || Marks.Contains(c, StringComparison.Ordinal))
            && value.All(c => c is >= ' ' and <= '~' or '\t');
    }
}
