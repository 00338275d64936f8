using System.ComponentModel.DataAnnotations;

using Microsoft.Extensions.Options;

namespace LiveStream.Signalling;

/// <summary>Settings of section <c>Signalling</c> for rooms and their WebSockets.</summary>
public sealed class RoomOptions
{
    /// <summary>
    /// Where browsers reach this server, http or https without a slash at the end. Empty: what the client called, which is
    /// right unless a proxy in front speaks TLS or answers to another name.
    /// </summary>
    [RegularExpression("(https?://[^/?#]+(/[^?#]*[^/?#])?)?", ErrorMessage = "The {0} field must be an http or https URL without a slash at the end.")]
    public string PublicUrl { get; set; } = "";

    /// <summary>WebSockets of all rooms together; a further client is answered 503.</summary>
    [Range(1, 1_000_000)]
    public int MaxSockets { get; set; } = 20_000;

    /// <summary>Peers of one room, those before joining included.</summary>
    [Range(1, 1_000_000)]
    public int MaxPeersPerRoom { get; set; } = 20_000;

    /// <summary>Largest frame of a client in bytes; a larger one ends the socket (close code 1009).</summary>
    [Range(16 * 1024, 1_000_000)]
    public int MaxFrameBytes { get; set; } = 384 * 1024;

    /// <summary>Messages that a peer may send in the long run, per second; above, requests are answered 429.</summary>
    [Range(1, 10_000)]
    public int MessagesPerSecond { get; set; } = 50;

    /// <summary>Messages that a peer may send at once.</summary>
    [Range(1, 100_000)]
    public int MessageBurst { get; set; } = 200;

    /// <summary>Refused messages in a row after which the socket is closed (code 1008).</summary>
    [Range(1, 100_000)]
    public int MaxRefusedMessages { get; set; } = 500;

    /// <summary>Frames that may wait for a slow client, a second's notices for one; more drop its socket, and it may come back.</summary>
    [Range(16, 1_000_000)]
    public int MaxQueuedMessages { get; set; } = 4096;

    /// <summary>The same in bytes; the frame that exceeds it still waits.</summary>
    [Range(1_000_000, 1_000_000_000)]
    public int MaxQueuedBytes { get; set; } = 16_000_000;

    /// <summary>Longest wait until a client takes a frame.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>A socket without a frame for that long is lost; clients ping every 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>How long a peer stays in the room after its socket was lost; clients try to come back for 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ReconnectGrace { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an invitation to another role may be accepted.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan InviteLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest chat message or custom event, in characters (UTF-16 units).</summary>
    [Range(100, 100_000)]
    public int MaxMessageLength { get; set; } = 16 * 1024;
}

/// <summary>Checks the settings at start.</summary>
[OptionsValidator]
internal sealed partial class RoomOptionsValidator : IValidateOptions<RoomOptions>;
