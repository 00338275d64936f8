using System.Collections.Frozen;

using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.WebClient;

/// <summary>One file of the client whose name carries the hash of what is in it, so that it never changes.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="ContentType">Of the file itself, whatever encoding is sent.</param>
/// <param name="Encodings">Endings of the compressed files beside it, <c>br</c> or <c>gz</c>, in order of preference.</param>
internal sealed record WebAsset(string Path, string ContentType, IReadOnlyList<string> Encodings);

/// <summary>
/// The files that the build of <c>web/</c> left: pages, and below <c>assets</c> what they load. Read once: a request can name
/// only what was there at the start, so no name leads out of the folder.
/// </summary>
public sealed class WebClientFiles
{
    private static readonly string[] s_encodings = ["br", "gz"];
    private static readonly FileExtensionContentTypeProvider s_contentTypes = new();

    /// <summary>Reads the folder that the settings name.</summary>
    public WebClientFiles(IOptions<WebClientOptions> options)
    {
        var folder = Path.GetFullPath(options.Value.Directory, AppContext.BaseDirectory);
        Pages = Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.html").ToFrozenDictionary(path => Path.GetFileNameWithoutExtension(path), File.ReadAllText, StringComparer.Ordinal)
            : FrozenDictionary<string, string>.Empty;
        Assets = AssetsOf(Path.Combine(folder, "assets"));
    }

    /// <summary>Whether the client was built; it is not where npm was missing.</summary>
    public bool IsBuilt => Pages.Count > 0;

    /// <summary>Text of the pages, by name without ending.</summary>
    internal FrozenDictionary<string, string> Pages { get; }

    /// <summary>What the pages load, by name.</summary>
    internal FrozenDictionary<string, WebAsset> Assets { get; }

    private static FrozenDictionary<string, WebAsset> AssetsOf(string folder)
    {
        if (!Directory.Exists(folder)) return FrozenDictionary<string, WebAsset>.Empty;
        var names = Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).ToHashSet(StringComparer.Ordinal);
        return names
            .Where(name => !s_encodings.Any(encoding => IsEncoded(name, encoding, names)))
            .ToFrozenDictionary(
                name => name,
                name => new WebAsset(
                    Path.Combine(folder, name),
                    s_contentTypes.TryGetContentType(name, out var type) ? type : "application/octet-stream",
                    [.. s_encodings.Where(encoding => names.Contains($"{name}.{encoding}"))]),
                StringComparer.Ordinal);
    }

    private static bool IsEncoded(string name, string encoding, HashSet<string> names) =>
        name.EndsWith($".{encoding}", StringComparison.Ordinal) && names.Contains(name[..^(encoding.Length + 1)]);
}
