using System.Globalization;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Ice;

namespace LiveStream.Sfu.Negotiation;

/// <summary>One audio or video m-line of an offer of ours.</summary>
/// <param name="Mid">Decimal number; its place among the m-lines.</param>
/// <param name="Kind">Fixed for the life of the transport.</param>
/// <param name="Track">What it carries; null while it is inactive.</param>
/// <param name="Ssrc">Of the media; a new one for each track, as numbers begin anew with it.</param>
/// <param name="RtxSsrc">Of retransmissions; 0 for audio.</param>
/// <param name="IsRefused">The client cannot take what the line carries; it stays closed (RFC 3264 §6).</param>
internal sealed record OfferedSection(string Mid, MediaKind Kind, Track? Track, uint Ssrc, uint RtxSsrc, bool IsRefused = false);

/// <summary>One offer to a client.</summary>
/// <param name="Version">Counts the offers of a transport.</param>
/// <param name="Sections">After the m-line of data channels, which is the first of every offer.</param>
/// <param name="Credentials">ICE.</param>
internal sealed record SubscriberOffer(int Version, IReadOnlyList<OfferedSection> Sections, IceCredentials Credentials);

/// <summary>
/// The offers of one transport that this side offers for: which track has which m-line, one offer at a time. Tracks that
/// end leave an inactive m-line, which the next track of the kind takes once the client has answered it. Pure.
/// </summary>
internal sealed class SubscriberOffers
{
    /// <summary>Most tracks that one client receives. Those published first have precedence.</summary>
    public const int MaximumSections = 100;

    /// <summary>Of the m-line of data channels. It is never closed, so the bundle's transport has a lasting place.</summary>
    public const string DataChannelMid = "0";

    private readonly Func<uint> _nextSsrc;

    // Lines that the client has answered as inactive. Until then a browser has not ended the line's track, and would not tell
    // of a new one in its place.
    private readonly HashSet<string> _atRest = new(StringComparer.Ordinal);
    private List<OfferedSection> _sections = [];
    private int _version;

    /// <param name="nextSsrc">Gives SSRCs that were not in use.</param>
    public SubscriberOffers(Func<uint> nextSsrc) => _nextSsrc = nextSsrc;

    /// <summary>The offer that waits for its answer.</summary>
    public SubscriberOffer? Outstanding { get; private set; }

    /// <summary>Sections as they were offered last.</summary>
    public IReadOnlyList<OfferedSection> Sections => _sections;

    /// <summary>
    /// The next offer; null when the client has exactly these tracks already. One that waits for its answer is replaced: who
    /// asks again did not get it, or does not know whether its answer was taken.
    /// </summary>
    /// <param name="wanted">What the client is to receive, by precedence.</param>
    /// <param name="credentials">ICE.</param>
    /// <param name="isRequired">Makes one also when nothing has changed (ICE restart).</param>
    public SubscriberOffer? Next(IReadOnlyCollection<Track> wanted, IceCredentials credentials, bool isRequired)
    {
        var sections = new List<OfferedSection>(_sections);
        var left = wanted.ToDictionary(track => track.TrackId, StringComparer.Ordinal);
        var changed = _version == 0 || isRequired || Outstanding is not null;
        for (var i = 0; i < sections.Count; i++)
        {
            var section = sections[i];
            if (section.Track is not { } track) continue;
            // Under its id a track may come again, after a pause or for another role: the line stays.
            if (left.Remove(track.TrackId, out var now) && now.Kind == section.Kind && now.StreamId == track.StreamId)
            {
                sections[i] = section with { Track = now };
                continue;
            }

            if (now is not null) left.Add(now.TrackId, now);
            sections[i] = section with { Track = null };
            changed |= !section.IsRefused;
        }

        foreach (var track in wanted)
        {
            if (!left.ContainsKey(track.TrackId)) continue;
            bool IsFree(OfferedSection section) => section is { Track: null, IsRefused: false } && section.Kind == track.Kind;
            var free = sections.FindIndex(section => IsFree(section) && _atRest.Contains(section.Mid));
            if (free < 0 && sections.Count >= MaximumSections) free = sections.FindIndex(IsFree);
            if (free < 0 && sections.Count >= MaximumSections) continue;
            var mid = free < 0 ? (sections.Count + 1).ToString(CultureInfo.InvariantCulture) : sections[free].Mid;
            var taken = new OfferedSection(mid, track.Kind, track, _nextSsrc(), track.Kind == MediaKind.Video ? _nextSsrc() : 0);
            if (free < 0) sections.Add(taken);
            else sections[free] = taken;
            _atRest.Remove(mid);
            changed = true;
        }

        _sections = sections;
        if (!changed) return null;
        Outstanding = new SubscriberOffer(++_version, sections, credentials);
        return Outstanding;
    }

    /// <summary>The client answered the outstanding offer.</summary>
    /// <param name="offer">What it answered.</param>
    /// <param name="isTaken">For each section, whether it is received.</param>
    /// <returns>False when another offer was made since, or none.</returns>
    public bool Answered(SubscriberOffer offer, IReadOnlyList<bool> isTaken)
    {
        if (Outstanding != offer) return false;
        Outstanding = null;
        for (var i = 0; i < _sections.Count; i++)
        {
            if (_sections[i].Track is null) _atRest.Add(_sections[i].Mid);
            else if (!isTaken[i]) _sections[i] = _sections[i] with { IsRefused = true };
        }

        return true;
    }
}
