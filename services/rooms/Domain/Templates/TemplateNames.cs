using System.Buffers;

namespace LiveStream.Rooms.Domain;

/// <summary>Names of templates, roles and destinations.</summary>
public static class TemplateNames
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxLength = 100;

    /// <summary>The rule in words.</summary>
    public const string Rule = "must be 1 to 100 of a-z A-Z 0-9 space - . _ : and not begin or end with a space";

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -._:");

    /// <summary>Whether the text may be a name.</summary>
    public static bool IsValid(string? text) =>
        text is { Length: > 0 and <= MaxLength } && !text.AsSpan().ContainsAnyExcept(s_allowed) && text[0] != ' ' && text[^1] != ' ';

    /// <summary>The name of a template that was made without one.</summary>
    public static string Generated(string templateId) => "template-" + templateId;
}
