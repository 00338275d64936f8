using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

using LiveStream.Signalling.Protocol;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>Checks of texts that clients send.</summary>
internal static class Texts
{
    /// <summary>Absent, or text that is not longer than that. NUL is none: databases do not take it.</summary>
    public static bool Fits(string? text, int longest) => text is null || (text.Length <= longest && !text.Contains('\0'));

    /// <summary>JSON that can be written again. Half of a surrogate pair can be read from an escape, and is no Unicode.</summary>
    public static bool IsWritable(JsonElement value)
    {
        try
        {
            using var writer = new Utf8JsonWriter(Stream.Null);
            value.WriteTo(writer);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>An id of a peer, track or stream.</summary>
    public static bool IsEntityId([NotNullWhen(true)] string? text) => text is { Length: > 0 } && Fits(text, ProtocolLimits.MaxEntityIdLength);

    /// <summary>A name of a group or role.</summary>
    public static bool IsName([NotNullWhen(true)] string? text) => text is { Length: > 0 } && Fits(text, ProtocolLimits.MaxNameLength);

    /// <summary>Absent, or a short list of names.</summary>
    public static bool AreNames(List<string>? names) => names is null || (names.Count <= ProtocolLimits.MaxListed && names.TrueForAll(name => IsName(name)));
}
