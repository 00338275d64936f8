using LiveStream.Storage.Sealing;

namespace LiveStream.Rooms.Domain;

/// <summary>A policy: the roles of a room, and how it is streamed.</summary>
public sealed class Template
{
    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Owner.</summary>
    public required string CustomerId { get; init; }

    /// <summary>Unique in the workspace.</summary>
    public required string Name { get; set; }

    /// <summary>Used for rooms that name no template.</summary>
    public bool IsDefault { get; set; }

    /// <summary>Roles, settings, destinations and plugins. Never changed in place: a change is another document.</summary>
    public required TemplateDocument Document { get; set; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Last change.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Takes over a document that was made of the current one: a secret that is new in it is sealed.</summary>
    public void Replace(TemplateDocument document, SecretSeal seal)
    {
        var current = Document.Settings.Recording?.Upload?.Credentials?.SecretKey;
        Document = document.Settings.Recording is { Upload: { Credentials: { } credentials } upload } recording && credentials.SecretKey != current
            ? document with
            {
                Settings = document.Settings with
                {
                    Recording = recording with
                    {
                        Upload = upload with { Credentials = credentials with { SecretKey = seal.SealText(credentials.SecretKey, OwnerOf(Id)) } },
                    },
                },
            }
            : document;
    }

    /// <summary>The row that secrets are sealed for.</summary>
    internal static string OwnerOf(string templateId) => $"templates/{templateId}";

    /// <summary>The role of that name, or null.</summary>
    public Role? FindRole(string name) => Document.Roles.GetValueOrDefault(name);
}
