using System.ComponentModel.DataAnnotations;

using Microsoft.Extensions.Options;

namespace LiveStream.Objects;

/// <summary>Kinds of stores.</summary>
public enum ObjectStoreKind
{
    /// <summary>A folder of this machine.</summary>
    Folder,
    /// <summary>A bucket of Amazon S3, MinIO, Ceph or any other server of the S3 API.</summary>
    S3,
}

/// <summary>Section <c>Objects</c>: where recordings are kept.</summary>
public sealed class ObjectOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Objects";

    /// <summary>Folder for one process on one machine; S3 for several, and for storage that outlives the machine.</summary>
    [EnumDataType(typeof(ObjectStoreKind))]
    public ObjectStoreKind Store { get; set; } = ObjectStoreKind.Folder;

    /// <summary>The folder, made when missing.</summary>
    [Required]
    public string Folder { get; set; } = "data/recordings";

    /// <summary>The bucket.</summary>
    [Required]
    [ValidateObjectMembers]
    public S3Options S3 { get; set; } = new();
}

/// <summary>How a bucket is reached.</summary>
public sealed class S3Options
{
    /// <summary>URL of the server; empty for Amazon's own, by region.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>Where people reach the server, for links; empty where that is <see cref="Endpoint"/>.</summary>
    public string PublicEndpoint { get; set; } = "";

    /// <summary>Region of the bucket; what signatures name.</summary>
    [Required]
    public string Region { get; set; } = "us-east-1";

    /// <summary>The bucket; it has to be there.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>Start of every key in the bucket, without slashes at its ends; empty for none.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Name of the key; empty takes what the machine has (environment, profile, role).</summary>
    public string AccessKey { get; set; } = "";

    /// <summary>The key's secret. Better kept in the environment, as <c>Objects__S3__SecretKey</c>.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary>The bucket is part of the path, as MinIO and most other servers want it; Amazon takes the host's name.</summary>
    public bool PathStyle { get; set; } = true;

    /// <summary>Bodies are signed as a whole instead of in chunks, for servers that do not know those, such as Swift.</summary>
    public bool PlainBodies { get; set; }

    /// <summary>Longest wait for one request's answer, and for the next bytes of an object that is being read.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);
}

/// <summary>Checks <see cref="ObjectOptions"/> at the start.</summary>
[OptionsValidator]
public sealed partial class ObjectOptionsValidator : IValidateOptions<ObjectOptions>;

/// <summary>Checks what depends on the kind of the store.</summary>
internal sealed class ObjectStoreChoiceValidator : IValidateOptions<ObjectOptions>
{
    public ValidateOptionsResult Validate(string? name, ObjectOptions options)
    {
        if (options.Store != ObjectStoreKind.S3) return ValidateOptionsResult.Success;
        if (options.S3.Bucket.Length == 0) return ValidateOptionsResult.Fail("Objects:S3:Bucket is needed where Objects:Store is S3.");
        if (options.S3.Prefix.Length > 0 && !ObjectKey.IsValid(options.S3.Prefix)) return ValidateOptionsResult.Fail("Objects:S3:Prefix is no key.");
        foreach (var url in new[] { options.S3.Endpoint, options.S3.PublicEndpoint })
        {
            if (url.Length > 0 && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
                return ValidateOptionsResult.Fail("Objects:S3:Endpoint and PublicEndpoint are http or https URLs.");
        }

        return ValidateOptionsResult.Success;
    }
}
