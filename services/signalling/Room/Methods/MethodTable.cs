using System.Collections.Frozen;
using System.Text.Json.Serialization.Metadata;

using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>Every method of the protocol. <c>ping</c> is answered by the socket and never reaches the room.</summary>
internal static class MethodTable
{
    // Up to a megabyte, which the room's only loop writes.
    private const int LargeAnswer = 5;

    private static readonly RequestJson s_json = RequestJson.Default;

    private static readonly FrozenDictionary<string, Method> s_methods = new Method[]
    {
        Request("join", s_json.JoinParams, JoinMethods.Join, MethodStage.Open),
        Notification("leave", s_json.LeaveParams, JoinMethods.Leave, MethodStage.Open),
        Notification("analytics", s_json.NoParams, static (call, _) => call.Answer(), MethodStage.Open),
        Request("peer-update", s_json.PeerUpdateParams, JoinMethods.UpdatePeer),

        Request("offer", s_json.OfferParams, MediaMethods.Offer),
        Notification("answer", s_json.AnswerParams, MediaMethods.Answer),
        Notification("trickle", s_json.TrickleParams, MediaMethods.Trickle),
        Notification("track-update", s_json.TrackUpdateParams, TrackMethods.Update),
        Request("track-update-request", s_json.TrackUpdateRequestParams, TrackMethods.RequestMute),
        Request("change-track-mute-state-request", s_json.MuteStateRequestParams, TrackMethods.RequestMuteOfMany),

        Request("broadcast", s_json.BroadcastParams, MessageMethods.Broadcast),
        Request("listen-metadata-change", s_json.ListenMetadataParams, StoreMethods.Listen, price: LargeAnswer),
        Request("set-metadata", s_json.SetMetadataParams, StoreMethods.Set),
        Request("get-metadata", s_json.GetMetadataParams, StoreMethods.Get, price: LargeAnswer),

        Request("role-change-request", s_json.RoleChangeRequestParams, RoleMethods.Request),
        Request("role-change", s_json.RoleChangeParams, RoleMethods.Accept),
        Request("group-join", s_json.GroupParams, GroupMethods.Join),
        Request("group-leave", s_json.GroupParams, GroupMethods.Leave),
        Request("group-add", s_json.GroupParams, GroupMethods.Add),
        Request("group-remove", s_json.GroupParams, GroupMethods.Remove),
        Request("peer-leave-request", s_json.PeerLeaveRequestParams, ModerationMethods.RemovePeer),
        Request("end-room", s_json.EndRoomParams, ModerationMethods.EndRoom),

        Request("hls-start", s_json.HlsStartParams, StreamMethods.Start),
        Request("hls-stop", s_json.HlsStopParams, StreamMethods.Stop),
        Request("hls-timed-metadata", s_json.HlsMetadataParams, StreamMethods.InsertMetadata),
        Request("rtmp-start", s_json.NoParams, StreamMethods.StartRecording),
        Request("rtmp-stop", s_json.NoParams, StreamMethods.StopRecording),

        Request("get-peer", s_json.GetPeerParams, PeerQueries.Get),
        Request("find-peer", s_json.FindPeerParams, PeerQueries.Find, price: LargeAnswer),
        Request("peer-iter-next", s_json.PeerIteratorParams, PeerQueries.Next, price: LargeAnswer),
        Request("peer-name-search", s_json.PeerNameSearchParams, PeerQueries.SearchNames),
    }.ToFrozenDictionary(method => method.Name, StringComparer.Ordinal);

    /// <summary>Parts of the protocol that this server does not have, by how their methods begin.</summary>
    private static readonly (string Prefix, string What)[] s_absent =
    [
        ("poll-", "polls are"), ("whiteboard-", "the whiteboard is"), ("transcription-", "transcription is"),
    ];

    /// <summary>The method of that name, or null.</summary>
    public static Method? Find(string name) => s_methods.GetValueOrDefault(name);

    /// <summary>What is answered to a method that is not there.</summary>
    public static ProtocolError ErrorOfUnknown(string name)
    {
        foreach (var (prefix, what) in s_absent)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal)) return new(ErrorCode.NotSupported, $"{what} not available on this server");
        }

        return new(ErrorCode.NotFound, "unknown method");
    }

    /// <summary>
    /// Answers a peer that has not joined and behaves as if it had: before joining by mistake, or because it comes back to a
    /// server that knows it no more. Of the second, who sends media or track states has to leave and join anew.
    /// </summary>
    public static void RefuseStranger(Call call, Method method)
    {
        // Clients say it after every reconnection, in the preview too; that one has lost nothing.
        if (method.Name == "track-update" && call.Room.WasPreview(call.Peer)) return;
        call.Refuse(ErrorCode.NotFound, "peer not joined");
        if (method.Name is "offer" or "track-update")
            call.Room.SendTo(call.Peer, new OnError(ErrorCode.NotFound, "peer not joined"));
    }

    private static Method<T> Request<T>(string name, JsonTypeInfo<T> json, Action<Call, T> handler, MethodStage stage = MethodStage.Joined, int price = 1)
        where T : class => new(name, MethodKind.Request, stage, price, json, handler);

    private static Method<T> Notification<T>(string name, JsonTypeInfo<T> json, Action<Call, T> handler, MethodStage stage = MethodStage.Joined)
        where T : class => new(name, MethodKind.Notification, stage, price: 1, json, handler);
}
