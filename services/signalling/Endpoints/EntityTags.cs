using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace LiveStream.Signalling.Endpoints;

/// <summary>What an <c>If-Match</c> field says about the current entity tag (RFC 9110 §13.1.1).</summary>
internal enum IfMatch
{
    /// <summary>No field, or nothing readable in it.</summary>
    Missing,
    /// <summary><c>*</c>: any current ICE session.</summary>
    Any,
    /// <summary>One of the tags names the current ICE session.</summary>
    Current,
    /// <summary>All tags name something else.</summary>
    Other,
}

internal static class EntityTags
{
    /// <summary>Compares strongly: a weak tag never matches.</summary>
    public static IfMatch Evaluate(StringValues field, string current)
    {
        if (!EntityTagHeaderValue.TryParseList(field, out var tags) || tags.Count == 0) return IfMatch.Missing;
        var now = new EntityTagHeaderValue(current);
        foreach (var tag in tags)
        {
            // The example in RFC 9725 puts the asterisk in quotes, and clients follow it.
            if (!tag.IsWeak && tag.Tag.AsSpan().Trim('"').SequenceEqual("*")) return IfMatch.Any;
            if (tag.Compare(now, useStrongComparison: true)) return IfMatch.Current;
        }
        return IfMatch.Other;
    }
}
