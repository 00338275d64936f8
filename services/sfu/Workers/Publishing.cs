using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Negotiation;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Transports;

namespace LiveStream.Sfu.Workers;

/// <summary>What transports publish, brought in line with what was agreed on. Worker thread only.</summary>
internal sealed class Publishing(ForwardBatch batch)
{
    /// <summary>Begins the tracks that are new in a plan, and ends those that are not in it any more.</summary>
    /// <exception cref="ControlException">Another publisher of the room has a track of that id; nothing has changed then.</exception>
    public void Update(MediaTransport transport, TransportPlan plan)
    {
        if (transport.Ingress is not { } ingress) return;
        var (room, before) = (transport.Room, ingress.Media);
        var kept = plan.Publishing.Select(format => (Format: format, Media: Array.Find(before, media => media.Format.Description == format.Description))).ToArray();
        var ended = before.Where(media => !kept.Any(pair => pair.Media == media)).ToArray();
        foreach (var media in ended) room.Unclaim(media.Track.Id);
        if (!room.TryClaim([.. kept.Where(pair => pair.Media is null).Select(pair => pair.Format.Description.TrackId)]))
        {
            room.TryClaim([.. ended.Select(media => media.Track.Id)]);
            throw new ControlException(ControlError.AlreadyExists, "Another publisher of the room has a track of that id.");
        }

        foreach (var media in ended) Dispose(room, media, "The publisher ended it.");
        ingress.Update([.. kept.Select(pair => Take(transport, pair.Format, pair.Media))], plan.IncomingExtensions, plan.TransportFeedback);
    }

    /// <summary>Ends the tracks that a role may not publish, and gives the others the role.</summary>
    public void ChangeRole(MediaTransport transport, string role, PublishPolicy policy)
    {
        if (transport is not { Ingress: { } ingress, Plan: { } plan }) return;
        var allowed = plan.Publishing
            .Where(format => OfferNegotiator.MayPublish(policy, format.Description.Kind == MediaKind.Audio ? "audio" : "video", format.Description.Source))
            .Select(format => WithRole(format, role));
        var changed = plan with { Publishing = [.. allowed] };
        // A description never changes once it was told: with another role it is another track of the same id.
        foreach (var media in ingress.Media) End(transport.Room, media, "The publisher has another role.");
        ingress.Update([], plan.IncomingExtensions, plan.TransportFeedback);
        transport.Plan = changed;
        Update(transport, changed);
    }

    /// <summary>Ends what a silent client publishes; it is published again by its next packet.</summary>
    public void Pause(MediaTransport transport, string reason)
    {
        if (transport.Ingress is not { } ingress || !Array.Exists(ingress.Media, media => media.IsPublished)) return;
        var paused = ingress.Media.Select(media =>
        {
            if (!media.IsPublished) return media;
            Dispose(transport.Room, media, reason);
            return Take(transport, media.Format, null);
        }).ToArray();
        ingress.Update(paused, ingress.Extensions, ingress.HasTransportFeedback);
    }

    /// <summary>Ends one track.</summary>
    public void End(RoomRouter room, PublishedMedia media, string reason)
    {
        room.Unclaim(media.Track.Id);
        Dispose(room, media, reason);
    }

    private void Dispose(RoomRouter room, PublishedMedia media, string reason)
    {
        batch.Remove(media.Track);
        if (media.IsPublished) room.Unpublish(media.Track, reason);
        else media.Track.Dispose();
    }

    private static PublishedMedia Take(MediaTransport transport, PublishFormat format, PublishedMedia? present)
    {
        if (present is not null)
        {
            present.Format = format;
            return present;
        }

        var description = format.Description;
        var layers = description.Layers.Select(layer => (layer.Rid, layer.ExportSsrc)).ToArray();
        return new PublishedMedia(format, new PublishedTrack(description, layers, transport.Ingress!.Clock) { IsNamed = transport.Request.Named is not null });
    }

    private static PublishFormat WithRole(PublishFormat format, string role)
    {
        var description = format.Description.Clone();
        description.Role = role;
        return format with { Description = description };
    }
}
