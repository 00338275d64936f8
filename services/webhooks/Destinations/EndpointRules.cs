using LiveStream.Contracts.Webhooks;

namespace LiveStream.Webhooks.Destinations;

/// <summary>What an endpoint may look like.</summary>
internal static class EndpointRules
{
    public const int MaxUrlLength = 2048;
    public const int MaxHeaders = 20;
    public const int MaxHeaderLength = 4096;
    public const int MaxEventTypes = 100;
    public const int MaxDescriptionLength = 1024;

    /// <summary>Whether events can be sent there.</summary>
    public static bool IsUrl(string text) => text.Length <= MaxUrlLength && WebhookTarget.IsUrl(text);

    /// <summary>Whether it can be sent as a header.</summary>
    public static bool IsHeader(string name, string value) => value.Length <= MaxHeaderLength && WebhookTarget.IsHeader(name, value);

    /// <summary>Whether it is the name of an event, or ends in <c>.*</c> for all that begin so.</summary>
    public static bool IsEventType(string text) =>
        text.Length is > 0 and <= 64 && text.TrimEnd('*').All(c => char.IsAsciiLetterLower(c) || c is '.' or '_') && text.Count(c => c == '*') <= 1
        && (!text.EndsWith('*') || text.EndsWith(".*", StringComparison.Ordinal));
}
