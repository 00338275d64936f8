using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LiveStream.HlsPackager.Publish;

/// <summary>The folder of one run of a room's live stream: <c>customer_id/room_id/yyyymmdd/epoch_ms</c>.</summary>
internal sealed record RunPath
{
    private const int IdLength = 24, DateLength = 8, MaxEpochLength = 15;

    private RunPath(string customerId, string roomId, string date, string epoch)
    {
        CustomerId = customerId;
        RoomId = roomId;
        FolderInRoom = $"{date}/{epoch}";
        Full = $"{customerId}/{roomId}/{date}/{epoch}";
        BeganAt = long.Parse(epoch, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    public string CustomerId { get; }

    public string RoomId { get; }

    /// <summary>When the run was asked for, in milliseconds since 1970.</summary>
    public long BeganAt { get; }

    /// <summary>Below the room's folder; what the static playlist puts in front of its URIs.</summary>
    public string FolderInRoom { get; }

    /// <summary>Below <c>/hls</c>.</summary>
    public string Full { get; }

    /// <summary>Accepts ids of 24 lower-case hexadecimal digits and a date and a time of decimal digits, and nothing else.</summary>
    public static bool TryCreate(string? customerId, string? roomId, string? date, string? epoch, [NotNullWhen(true)] out RunPath? path)
    {
        path = IsId(customerId) && IsId(roomId) && IsDigits(date, DateLength, DateLength) && IsDigits(epoch, 1, MaxEpochLength)
            ? new RunPath(customerId, roomId, date, epoch)
            : null;
        return path is not null;
    }

    /// <summary>Reads the four folders of a path.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RunPath? path)
    {
        path = null;
        return text?.Split('/') is [var customer, var room, var date, var epoch] && TryCreate(customer, room, date, epoch, out path);
    }

    /// <summary>24 lower-case hexadecimal digits.</summary>
    public static bool IsId([NotNullWhen(true)] string? text) => text?.Length == IdLength && text.All(char.IsAsciiHexDigitLower);

    public override string ToString() => Full;

    private static bool IsDigits([NotNullWhen(true)] string? text, int min, int max) =>
        text is not null && text.Length >= min && text.Length <= max && text.All(char.IsAsciiDigit);
}
