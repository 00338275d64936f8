using LiveStream.Contracts.Events.V1;
using LiveStream.Contracts.Rooms.V1;

namespace LiveStream.Rooms.Joining;

/// <summary>Reports of what people asked for and did not get, as events.</summary>
internal static class Refusals
{
    public static PeerJoinFailed Of(SessionReport report, JoinRefused refused) => new(
        report.CustomerId,
        report.RoomId,
        refused.PeerId,
        refused.UserId,
        refused.Name,
        refused.Metadata,
        refused.Role,
        refused.Reason,
        report.At.ToDateTimeOffset());

    public static PeerLeaveFailed Of(SessionReport report, LeaveRefused refused) => new(
        report.CustomerId,
        report.RoomId,
        refused.PeerId,
        refused.UserId,
        refused.Name,
        refused.Metadata,
        refused.Role,
        refused.Reason,
        report.At.ToDateTimeOffset());

    public static RoleChangeFailed Of(SessionReport report, RoleChangeRefused refused)
    {
        var at = report.At.ToDateTimeOffset();
        return new RoleChangeFailed(
            report.CustomerId,
            report.RoomId,
            report.SessionId,
            refused.PeerId,
            refused.UserId,
            refused.Name,
            refused.Metadata,
            refused.Role,
            refused.WantedRole,
            refused.JoinedAt?.ToDateTimeOffset() ?? at,
            refused.SessionBeganAt?.ToDateTimeOffset() ?? at,
            refused.RequestedBy,
            refused.Reason,
            at);
    }
}
