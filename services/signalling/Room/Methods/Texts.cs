using System.Diagnostics.CodeAnalysis;

using LiveStream.Signalling.Protocol;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>Checks of texts that clients send.</summary>
internal static class Texts
{
    /// <summary>Absent or not longer than that.</summary>
    public static bool Fits(string? text, int longest) => text is null || text.Length <= longest;

    /// <summary>An id of a peer, track or stream.</summary>
    public static bool IsEntityId([NotNullWhen(true)] string? text) => text is { Length: > 0 and <= ProtocolLimits.MaxEntityIdLength };

    /// <summary>A name of a group or role.</summary>
    public static bool IsName([NotNullWhen(true)] string? text) => text is { Length: > 0 and <= ProtocolLimits.MaxNameLength };

    /// <summary>Absent, or a short list of names.</summary>
    public static bool AreNames(List<string>? names) => names is null || (names.Count <= ProtocolLimits.MaxListed && names.TrueForAll(name => IsName(name)));
}
