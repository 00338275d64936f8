using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Requests;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>Looking for peers, page by page, in order of arrival.</summary>
internal static class PeerQueries
{
    private const int DefaultPage = 10;

    // The oldest search makes room for the newest.
    private const int MaxSearches = 8;

    public static void Get(Call call, GetPeerParams get)
    {
        if (call.Room.Peers.FindJoined(get.PeerId) is { } peer) call.Answer(peer.Info);
        else call.Refuse(ErrorCode.NotFound, "peer not found");
    }

    public static void Find(Call call, FindPeerParams find)
    {
        var fits = IsPage(find.Limit) && Texts.Fits(find.Role, ProtocolLimits.MaxNameLength)
            && Texts.Fits(find.Group, ProtocolLimits.MaxNameLength) && Texts.AreNames(find.PeerIds);
        if (!fits)
        {
            call.Refuse(ErrorCode.BadRequest, "no limit, role, group or peerIds like that");
            return;
        }

        var ids = find.PeerIds is { } listed ? new HashSet<string>(listed, StringComparer.Ordinal) : null;
        var search = new PeerSearch(call.Room.NewId(), EmptyIsAny(find.Role), EmptyIsAny(find.Group), ids, After: 0);
        if (call.Peer.Searches.Count == MaxSearches) call.Peer.Searches.RemoveAt(0);
        call.Peer.Searches.Add(search);
        AnswerPage(call, search, find.Limit);
    }

    public static void Next(Call call, PeerIteratorParams next)
    {
        if (!IsPage(next.Limit)) call.Refuse(ErrorCode.BadRequest, "no limit like that");
        else if (call.Peer.Searches.Find(search => search.Iterator == next.Iterator) is not { } search) call.Refuse(ErrorCode.NotFound, "iterator not found");
        else AnswerPage(call, search, next.Limit);
    }

    public static void SearchNames(Call call, PeerNameSearchParams wanted)
    {
        if (!IsPage(wanted.Limit) || wanted.Offset < 0 || !Texts.Fits(wanted.Query, ProtocolLimits.MaxNameLength))
        {
            call.Refuse(ErrorCode.BadRequest, "no query, limit or offset like that");
            return;
        }

        var (limit, offset) = (wanted.Limit ?? DefaultPage, wanted.Offset ?? 0);
        var found = call.Room.Peers.Joined
            .Where(peer => peer.Name.Contains(wanted.Query ?? "", StringComparison.OrdinalIgnoreCase))
            .Skip(offset).Take(limit + 1)
            .Select(peer => new NamedPeer(peer.Name, peer.Id, peer.Role)).ToArray();
        // One more than asked for tells whether that was all.
        NamedPeer[] page = [.. found.Take(limit)];
        call.Answer(new NameSearchResult(page.Length, limit, offset, found.Length <= limit, page));
    }

    private static void AnswerPage(Call call, PeerSearch search, int? limit)
    {
        var matches = call.Room.Peers.Joined.Where(search.Matches).ToArray();
        var rest = matches.Where(peer => peer.Sequence > search.After).ToArray();
        var page = rest.Take(limit ?? DefaultPage).ToArray();
        if (page.Length > 0)
        {
            var index = call.Peer.Searches.FindIndex(known => known.Iterator == search.Iterator);
            call.Peer.Searches[index] = search with { After = page[^1].Sequence };
        }

        call.Answer(new PeerPageResult(search.Iterator, matches.Length, page.Length == rest.Length, [.. page.Select(peer => peer.Info)]));
    }

    private static bool IsPage(int? limit) => limit is null or (> 0 and <= ProtocolLimits.MaxPage);

    private static string? EmptyIsAny(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
