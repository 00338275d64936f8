using System.ComponentModel.DataAnnotations;

using LiveStream.Storage;
using LiveStream.Storage.Sealing;

using Microsoft.Extensions.Options;

namespace LiveStream.Rooms;

/// <summary>Section <c>Rooms</c>.</summary>
public sealed class RoomsOptions : IValidatableObject
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Rooms";

    /// <summary>Folder of the database, of <c>workspace.json</c> and of <c>rooms.key</c>; made when missing.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>Where workspaces, templates, rooms and codes are kept.</summary>
    [Required]
    [ValidateObjectMembers]
    public DatabaseOptions Database { get; set; } = new();

    /// <summary>
    /// Seals secrets in the database (keys of workspaces, headers of webhooks, access to buckets): 32 bytes in Base64, the same for all
    /// processes. Empty: <c>rooms.key</c> in the data folder, made at the first start. Keep it in the environment.
    /// </summary>
    public string SealingKey { get; set; } = "";

    /// <summary>Keys that sealed before, the newest of at most 10 first: they open, and what they sealed is sealed anew at the start.</summary>
    public IList<string> OldSealingKeys { get; } = [];

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

    /// <summary>Where the key of secrets comes from.</summary>
    internal SealingKey Key => new("Rooms:SealingKey", SealingKey, Path.Combine(Path.GetFullPath(DataDirectory), "rooms.key"), [.. OldSealingKeys]);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SealingKey.Length > 0 && !LiveStream.Storage.Sealing.SealingKey.TryRead(SealingKey, out _))
            yield return new ValidationResult("The key must be 32 bytes in Base64.", [nameof(SealingKey)]);
        if (OldSealingKeys.Count > 10 || OldSealingKeys.Any(key => !LiveStream.Storage.Sealing.SealingKey.TryRead(key, out _)))
            yield return new ValidationResult("At most 10 keys, each of 32 bytes in Base64.", [nameof(OldSealingKeys)]);
    }
}

/// <summary>Checks <see cref="RoomsOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class RoomsOptionsValidator : IValidateOptions<RoomsOptions>;
