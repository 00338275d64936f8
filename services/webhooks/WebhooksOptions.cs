using System.ComponentModel.DataAnnotations;
using System.Net;

using LiveStream.Storage;
using LiveStream.Storage.Sealing;

using Microsoft.Extensions.Options;

namespace LiveStream.Webhooks;

/// <summary>Section <c>Webhooks</c>: events sent to other servers.</summary>
public sealed class WebhooksOptions : IValidatableObject
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Webhooks";

    /// <summary>Folder of <c>webhooks.db</c> and <c>webhooks.key</c>; made when missing.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>Where endpoints and deliveries are kept. SQLite has a file of its own here.</summary>
    [Required]
    [ValidateObjectMembers]
    public DatabaseOptions Database { get; set; } = new();

    /// <summary>
    /// Seals secrets and headers in the database: 32 bytes in Base64, the same for all processes. Empty: <c>webhooks.key</c> in the
    /// data folder, made at the first start. Keep it in the environment.
    /// </summary>
    public string SealingKey { get; set; } = "";

    /// <summary>Keys that sealed before, the newest of at most 10 first: they open, and what they sealed is sealed anew at the start.</summary>
    public IList<string> OldSealingKeys { get; } = [];

    /// <summary>Receives the events of every workspace whose room has no webhook of its own; empty for nobody. More by REST.</summary>
    public string DefaultUrl { get; set; } = "";

    /// <summary>Sent along to <see cref="DefaultUrl"/>.</summary>
    public Dictionary<string, string> DefaultHeaders { get; set; } = [];

    /// <summary>Private networks that receivers may be in, as CIDR (<c>10.0.0.0/8</c>). Without one, only public addresses are connected to.</summary>
    public IList<string> AllowedNetworks { get; } = [];

    /// <summary>Only status 200 counts as received, as some senders have it; otherwise every 2xx does.</summary>
    public bool RequireStatus200 { get; set; }

    /// <summary>How long one attempt may take, connection and reply included.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Pauses between attempts. Empty: 1, 3 and 10 seconds, then ever longer up to 12 hours, for 75 hours in all.</summary>
    public IList<TimeSpan> RetryDelays { get; } = [];

    /// <summary>An endpoint where nothing has arrived for that long is turned off.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "60.00:00:00")]
    public TimeSpan DisableAfter { get; set; } = TimeSpan.FromDays(5);

    /// <summary>Attempts at once to one endpoint; each is of another room.</summary>
    [Range(1, 256)]
    public int ConcurrencyPerEndpoint { get; set; } = 8;

    /// <summary>Attempts at once in all; endpoints that fail get at most a quarter of them.</summary>
    [Range(4, 10_000)]
    public int Concurrency { get; set; } = 1000;

    /// <summary>Endpoints that a workspace may make by REST.</summary>
    [Range(1, 10_000)]
    public int MaxEndpoints { get; set; } = 1000;

    /// <summary>How long events and deliveries are kept, to be looked at and repeated.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "365.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Events per second that a replay repeats.</summary>
    [Range(1, 1000)]
    public int ReplayRate { get; set; } = 10;

    /// <summary>Where the key of secrets comes from.</summary>
    internal SealingKey Key => new("Webhooks:SealingKey", SealingKey, Path.Combine(Path.GetFullPath(DataDirectory), "webhooks.key"), [.. OldSealingKeys]);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var network in AllowedNetworks.Where(network => !IPNetwork.TryParse(network, out _)))
            yield return new ValidationResult($"{network} is not a network such as 10.0.0.0/8.", [nameof(AllowedNetworks)]);
        if (RetryDelays.Any(delay => delay < TimeSpan.Zero || delay > TimeSpan.FromDays(7)))
            yield return new ValidationResult("A pause is from 0 to 7 days.", [nameof(RetryDelays)]);
        if (RetryDelays.Count > 100) yield return new ValidationResult("There are at most 100 pauses.", [nameof(RetryDelays)]);
        if (DefaultUrl.Length > 0 && !Destinations.EndpointRules.IsUrl(DefaultUrl))
            yield return new ValidationResult("The address must be an http or https URL.", [nameof(DefaultUrl)]);
        if (DefaultHeaders.Any(header => !Destinations.EndpointRules.IsHeader(header.Key, header.Value)))
            yield return new ValidationResult("A header is not one that may be sent.", [nameof(DefaultHeaders)]);
        if (SealingKey.Length > 0 && !LiveStream.Storage.Sealing.SealingKey.TryRead(SealingKey, out _))
            yield return new ValidationResult("The key must be 32 bytes in Base64.", [nameof(SealingKey)]);
        if (OldSealingKeys.Count > 10 || OldSealingKeys.Any(key => !LiveStream.Storage.Sealing.SealingKey.TryRead(key, out _)))
            yield return new ValidationResult("At most 10 keys, each of 32 bytes in Base64.", [nameof(OldSealingKeys)]);
    }
}

/// <summary>Checks <see cref="WebhooksOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class WebhooksOptionsValidator : IValidateOptions<WebhooksOptions>;
