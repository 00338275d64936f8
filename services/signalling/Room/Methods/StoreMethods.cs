using System.Text.Json;

using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Protocol.Requests;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>The session store: values that all peers share, and whoever wants to hear of them.</summary>
internal static class StoreMethods
{
    public static void Listen(Call call, ListenMetadataParams listen)
    {
        if (listen.Keys is not { Count: <= ProtocolLimits.MaxListed } keys || !keys.TrueForAll(IsKey))
        {
            call.Refuse(ErrorCode.BadRequest, "no keys like that");
            return;
        }

        // The full set each time.
        call.Peer.ListensToAll = false;
        call.Peer.ListensTo.Clear();
        call.Peer.ListensTo.UnionWith(keys);
        call.Answer();
        // Clients never ask for the values themselves.
        call.Room.SendTo(call.Peer, new OnMetadataChange(call.Room.Store.Of(call.Peer.ListensTo)));
    }

    public static void Set(Call call, SetMetadataParams set)
    {
        if (!IsKey(set.Key))
        {
            call.Refuse(ErrorCode.BadRequest, "no key like that");
            return;
        }

        var room = call.Room;
        var data = set.Data is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given ? given : (JsonElement?)null;
        if (data?.GetRawText().Length > ProtocolLimits.MaxStoreValueLength)
        {
            call.Refuse(ErrorCode.TooLarge, $"the data is longer than {ProtocolLimits.MaxStoreValueLength} characters");
            return;
        }

        if (data is { } json && !Texts.IsWritable(json))
        {
            call.Refuse(ErrorCode.BadRequest, "the data is no Unicode text");
            return;
        }

        var (value, error) = room.Store.Set(set.Key!, data, set.IfChangeVersion, call.Peer.Id, room.Now);
        if (error is not null)
        {
            call.Refuse(error);
            return;
        }

        call.Answer(value!);
        room.SendTo(room.Peers.Joined.Where(peer => peer.ListensToAll || peer.ListensTo.Contains(set.Key!)), new OnMetadataChange([value!]));
    }

    public static void Get(Call call, GetMetadataParams get)
    {
        if (get.Key is null) call.Answer(new AllMetadataResult(call.Room.Store.All()));
        else if (!IsKey(get.Key)) call.Refuse(ErrorCode.BadRequest, "no key like that");
        else call.Answer(call.Room.Store.Find(get.Key) ?? new StoredValue(get.Key, null, null, null, 0));
    }

    private static bool IsKey(string? key) => key is { Length: > 0 and <= ProtocolLimits.MaxStoreKeyLength };
}
