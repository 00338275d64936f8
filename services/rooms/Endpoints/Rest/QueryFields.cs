using System.Globalization;

using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Streams;

using Microsoft.AspNetCore.Http;

namespace LiveStream.Rooms.Endpoints.Rest;

/// <summary>Reads query parameters. An empty one counts as left out. Fails with <see cref="ApiException"/> (400).</summary>
internal sealed class QueryFields(HttpRequest request)
{
    private const int MaxLength = 512;

    private static readonly string[] s_timeFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd"];

    /// <summary>The text, or null.</summary>
    public string? Text(string name)
    {
        // A parameter that comes twice is joined by a comma, which no value has.
        var text = request.Query[name].ToString();
        if (text.Length == 0) return null;
        return text.Length > MaxLength || text.Any(char.IsControl) ? throw Invalid(name) : text;
    }

    /// <summary>The id, or null.</summary>
    public string? Id(string name) => Text(name) is { } text ? ObjectId.IsValid(text) ? text : throw Invalid(name) : null;

    /// <summary><c>true</c> or <c>false</c>, or null.</summary>
    public bool? Flag(string name) => Text(name) is { } text ? bool.TryParse(text, out var flag) ? flag : throw Invalid(name) : null;

    /// <summary>An RFC 3339 time, or null.</summary>
    public DateTimeOffset? Time(string name)
    {
        // A plus that was not encoded arrives as a space.
        if (Text(name)?.Replace(' ', '+') is not { } text) return null;
        // Up to nine digits (nanoseconds) are sent; what is beyond the seventh (100 ns) no time here has.
        var fraction = text.IndexOf('.', StringComparison.Ordinal) + 1;
        var digits = fraction == 0 ? 0 : text.Skip(fraction).TakeWhile(char.IsAsciiDigit).Count();
        if (digits is > 7 and <= 9) text = text.Remove(fraction + 7, digits - 7);
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParseExact(text, s_timeFormats, CultureInfo.InvariantCulture, Styles, out var time) ? time : throw Invalid(name);
    }

    /// <summary>The filters of streams and recordings.</summary>
    public RunFilter Run() => new(Id("room_id"), Id("session_id"), OneOf("status", LiveStreamStatuses.All) is { } status ? LiveStreamStatuses.Find(status) : null);

    /// <summary>One of the values, or null.</summary>
    public string? OneOf(string name, IReadOnlyCollection<string> values) =>
        Text(name) is { } text ? values.Contains(text) ? text : throw Invalid(name, $"none of {string.Join(", ", values)}") : null;

    /// <summary>A whole number in that range, or null.</summary>
    public int? Whole(string name, int min, int max)
    {
        if (Text(name) is not { } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw Invalid(name, $"not a number from {min} to {max}");
    }

    /// <summary>Which page is wanted.</summary>
    public PageQuery Page(int defaultLimit = PageQuery.DefaultLimit)
    {
        var limit = defaultLimit;
        if (Text("limit") is { } text &&
            (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > PageQuery.MaxLimit))
        {
            throw Invalid("limit", $"not a number from 1 to {PageQuery.MaxLimit}");
        }

        return new PageQuery(limit, Id("start"));
    }

    private static ApiException Invalid(string name, string why = "") => new(
        StatusCodes.Status400BadRequest, "Invalid query param", why.Length > 0 ? $"Invalid query param: {name} is {why}" : $"Invalid query param: {name}");
}

/// <summary>A page of a list, newest first.</summary>
/// <param name="Limit">Rows at most; a caller takes fewer for the end of the list, so it is kept exactly.</param>
/// <param name="Start">The last id of the page before, or null for the first page.</param>
internal readonly record struct PageQuery(int Limit, string? Start)
{
    /// <summary>Rows where the caller does not say.</summary>
    public const int DefaultLimit = 10;

    /// <summary>Most rows.</summary>
    public const int MaxLimit = 100;
}
