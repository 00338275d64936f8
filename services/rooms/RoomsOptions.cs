using System.ComponentModel.DataAnnotations;

using LiveStream.Storage;

using Microsoft.Extensions.Options;

namespace LiveStream.Rooms;

/// <summary>Section <c>Rooms</c>.</summary>
public sealed class RoomsOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Rooms";

    /// <summary>Folder of the database and of <c>workspace.json</c>; made when missing.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>Where workspaces, templates, rooms and codes are kept.</summary>
    [Required]
    [ValidateObjectMembers]
    public DatabaseOptions Database { get; set; } = new();

    /// <summary>Where browsers reach this server, without a slash at the end; the start of every link it hands out.</summary>
    [Required]
    [RegularExpression("https?://[^/?#]+(/[^?#]*[^/?#])?", ErrorMessage = "The {0} field must be an http or https URL without a slash at the end.")]
    public string PublicUrl { get; set; } = "http://localhost:8080";

    /// <summary>How long tokens handed out for room codes are valid.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "14.00:00:00")]
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Difference allowed between this clock and the one of whoever signed a token.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan TokenClockSkew { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long after a start the packager has to report a stream that was live before; then the stream counts as failed.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan OrphanGrace { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often open sessions are looked after; one that nobody knows twice in a row is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SessionSweep { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Checks <see cref="RoomsOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class RoomsOptionsValidator : IValidateOptions<RoomsOptions>;
