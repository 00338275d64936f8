using System.Text.Json;

using LiveStream.Contracts.Events;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Hosting.Bus;

namespace LiveStream.Webhooks.Payloads;

/// <summary>What an event becomes outside.</summary>
/// <param name="CustomerId">Workspace.</param>
/// <param name="RoomId">Room.</param>
/// <param name="Type">Name of the webhook.</param>
/// <param name="Data">Writes the fields of <c>data</c>.</param>
internal sealed record WebhookPayload(string CustomerId, string RoomId, string Type, Action<Utf8JsonWriter, RoomDescription> Data);

/// <summary>Maps events of the platform to webhooks: a line here for each event, a method below for each webhook.</summary>
internal static class PayloadCatalog
{
    private static readonly Dictionary<string, Func<LoggedEvent, WebhookPayload?>> s_mappers = new(StringComparer.Ordinal);

    static PayloadCatalog()
    {
        Map<Contracts.Events.V1.SessionOpened>((e, _) => SessionPayloads.Opened(e));
        Map<Contracts.Events.V1.SessionClosed>((e, _) => SessionPayloads.Closed(e));
        Map<Contracts.Events.V1.RoomEnded>((e, _) => SessionPayloads.RoomEnded(e));
        Map<Contracts.Events.V1.RoomEndFailed>((e, _) => SessionPayloads.RoomEndFailed(e));
        Map<Contracts.Events.V1.PeerJoined>((e, _) => PeerPayloads.Joined(e));
        Map<Contracts.Events.V1.PeerLeft>((e, _) => PeerPayloads.Left(e));
        Map<Contracts.Events.V1.PeerRoleChanged>((e, _) => PeerPayloads.RoleChanged(e));
        Map<Contracts.Events.V1.PeerJoinFailed>((e, _) => PeerPayloads.JoinFailed(e));
        Map<Contracts.Events.V1.PeerLeaveFailed>((e, _) => PeerPayloads.LeaveFailed(e));
        Map<Contracts.Events.V1.RoleChangeFailed>((e, _) => PeerPayloads.RoleChangeFailed(e));
        Map<Contracts.Events.V1.LiveStreamChanged>(HlsPayloads.Changed);
        Map<Contracts.Events.V1.HlsRecordingSucceeded>(HlsRecordingPayloads.Succeeded);
        Map<Contracts.Events.V1.HlsRecordingFailed>(HlsRecordingPayloads.Failed);
    }

    /// <summary>Records of the events that may become webhooks.</summary>
    public static IReadOnlyCollection<Type> Events => [.. s_mappers.Keys.Select(name => EventCatalog.Find(name)!.ClrType)];

    /// <summary>The webhook of an event; null where it has none.</summary>
    public static WebhookPayload? Of(LoggedEvent e) => s_mappers.TryGetValue(e.Type, out var map) ? map(e) : null;

    private static void Map<T>(Func<T, LoggedEvent, WebhookPayload?> map)
        where T : class
    {
        var type = EventCatalog.Of(typeof(T));
        s_mappers.Add(type.Name, e => map((T)type.Read(e.Body), e));
    }

    /// <summary>The fields that name room and session.</summary>
    public static void WriteRoom(this Utf8JsonWriter json, RoomDescription room, string? sessionId)
    {
        json.WriteString("room_id", room.RoomId);
        json.WriteString("room_name", room.Name);
        if (sessionId is not null) json.WriteString("session_id", sessionId);
        json.WriteString("template_id", room.TemplateId);
    }
}
