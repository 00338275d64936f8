using System.ComponentModel.DataAnnotations;

using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.WebClient;

/// <summary>Section <c>WebClient</c>.</summary>
public sealed class WebClientOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "WebClient";

    private const string Ancestors = @"[^;,\s]+( [^;,\s]+)*";
    private const string AncestorsMessage = "The {0} field must be sources of Content-Security-Policy's frame-ancestors, separated by one space.";

    /// <summary>Folder of the built client, absolute or below the program's own.</summary>
    [Required]
    public string Directory { get; set; } = "web";

    /// <summary>Sites that may show <c>/meeting</c> in a frame: sources as in Content-Security-Policy's <c>frame-ancestors</c>.</summary>
    [Required]
    [RegularExpression(Ancestors, ErrorMessage = AncestorsMessage)]
    public string MeetingAncestors { get; set; } = "'self'";

    /// <summary>Sites that may show <c>/embed</c>, the player alone, in a frame.</summary>
    [Required]
    [RegularExpression(Ancestors, ErrorMessage = AncestorsMessage)]
    public string EmbedAncestors { get; set; } = "*";
}

/// <summary>Checks <see cref="WebClientOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class WebClientOptionsValidator : IValidateOptions<WebClientOptions>;
