using System.Globalization;
using System.Security.Cryptography;

using LiveStream.Contracts.Rooms;
using LiveStream.Signalling.Hosts;
using LiveStream.Signalling.Media;
using LiveStream.Signalling.Room.State;
using LiveStream.Signalling.Sessions;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling.Room;

/// <summary>What every room works with.</summary>
internal sealed class RoomServices(
    ILiveRooms rooms, IPeerMedia media, IRoomSessions sessions, TimeProvider time, IOptions<RoomOptions> options, IOptions<SignallingOptions> signalling, NodeLease lease,
    ILogger<RoomSession> logger, SignallingMetrics metrics)
{
    // 96 bits: ids of sessions, messages and searches, and the tokens of invitations.
    private const int IdBytes = 12;

    public ILiveRooms Rooms => rooms;

    public IPeerMedia Media => media;

    public IRoomSessions Sessions => sessions;

    public TimeProvider Time => time;

    public RoomOptions Options => options.Value;

    public ILogger Logger => logger;

    public SignallingMetrics Metrics => metrics;

    /// <summary>By which rooms knows this life of the process; empty where it is the only one.</summary>
    public string LeaseId => lease.Id;

    /// <summary>Longest wait for another service.</summary>
    public TimeSpan ControlTimeout => signalling.Value.ControlTimeout;

    public LostPreviews Previews { get; } = new();

    public RoomLimits Limits { get; } = new()
    {
        MaxPeers = options.Value.MaxPeersPerRoom,
        ReconnectGrace = options.Value.ReconnectGrace,
        InviteLifetime = options.Value.InviteLifetime,
        MaxMessageLength = options.Value.MaxMessageLength,
    };

    /// <summary>24 hex digits that begin with the second, as ids of rooms do: sessions are listed by them.</summary>
    public Func<DateTimeOffset, string> NewSessionId { get; } =
        at => string.Concat(((uint)at.ToUnixTimeSeconds()).ToString("x8", CultureInfo.InvariantCulture), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));

    public Func<string> NewId { get; } = () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
}
