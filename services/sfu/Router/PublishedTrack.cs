using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Router.Codecs;

namespace LiveStream.Sfu.Router;

/// <summary>
/// A track that a peer publishes, with its layers (lowest first) and everyone who receives it. Owned by the room's
/// worker thread.
/// </summary>
internal sealed class PublishedTrack : IDisposable
{
    /// <summary>Packets of a run may be this much shorter than the longest: padding evens them out for one UDP_SEGMENT message.</summary>
    private const int EvenOutBytes = 16;

    private readonly List<Subscription> _subscriptions = [];
    private readonly List<ITrackExport> _exports = [];

    public PublishedTrack(Track description, IReadOnlyList<(string Rid, uint ExportSsrc)> layers, PublisherClock clock)
    {
        Clock = clock;
        Description = description;
        Codec = CodecFacts.Parse(description.Codec.Name);
        IsVideo = description.Kind == MediaKind.Video;
        ClockRate = (int)description.Codec.ClockRate;
        Layers = [.. layers.Select((layer, index) => new IncomingStream(this, index, layer.Rid, layer.ExportSsrc))];
    }

    public Track Description { get; }

    /// <summary>Clock of the publisher, shared by its tracks.</summary>
    public PublisherClock Clock { get; }

    public string Id => Description.TrackId;

    /// <summary>The client named it, and its room knows the name.</summary>
    public bool IsNamed { get; init; }

    public CodecKind Codec { get; }

    public bool IsVideo { get; }

    public int ClockRate { get; }

    public IncomingStream[] Layers { get; }

    public IReadOnlyList<Subscription> Subscriptions => _subscriptions;

    /// <summary>Its packets are being sent to the room's subscribers.</summary>
    public bool IsForwarding { get; set; }

    /// <summary>Loudness for active speakers, fed by the audio level extension (RFC 6464).</summary>
    public AudioActivity Activity { get; } = new();

    public long LastPacketAt
    {
        get
        {
            var last = 0L;
            foreach (var layer in Layers) last = Math.Max(last, layer.LastPacketAt);
            return last;
        }
    }

    public bool IsActive(long nowMicroseconds)
    {
        foreach (var layer in Layers)
            if (layer.IsActive(nowMicroseconds)) return true;
        return false;
    }

    public void Add(Subscription subscription) => _subscriptions.Add(subscription);

    public void Remove(Subscription subscription) => _subscriptions.Remove(subscription);

    public void Add(ITrackExport export) => _exports.Add(export);

    public void Remove(ITrackExport export) => _exports.Remove(export);

    /// <summary>Asks for a key frame of one layer, or of all (-1).</summary>
    public void RequestKeyFrame(int layer = -1)
    {
        foreach (var stream in Layers)
            if (layer < 0 || stream.Layer == layer) stream.KeyFrames.Request();
    }

    /// <summary>Hands the packets that wait on a layer to the exports; subscribers get theirs from the room.</summary>
    public void ExportPending(IncomingStream stream)
    {
        foreach (var export in _exports) export.Export(stream, stream.Pending);
    }

    /// <summary>Passes a publisher's sender report on to exports (subscribers get reports of their own).</summary>
    public void ExportSenderReport(IncomingStream stream)
    {
        foreach (var export in _exports) export.ExportSenderReport(stream);
    }

    public void Dispose()
    {
        foreach (var layer in Layers) layer.Dispose();
    }

    /// <summary>
    /// Pads the packets that wait on a layer to equal sizes where little is missing: an encoder cuts a frame into packets
    /// that differ by a byte or two, and equal ones can leave as one message.
    /// </summary>
    public static void EvenOut(IncomingStream stream)
    {
        var cache = stream.Cache;
        var packets = stream.Pending;
        for (var i = 0; i < packets.Length;)
        {
            int longest = cache.Facts(packets[i]).PayloadLength, shortest = longest, end = i + 1;
            for (; end < packets.Length; end++)
            {
                int length = cache.Facts(packets[end]).PayloadLength;
                if (Math.Max(longest, length) - Math.Min(shortest, length) > EvenOutBytes) break;
                longest = Math.Max(longest, length);
                shortest = Math.Min(shortest, length);
            }

            // The last of a run may stay short.
            for (; i < end; i++)
            {
                var length = cache.Facts(packets[i]).PayloadLength;
                if (length == 0) cache.SetPadding(packets[i], 1);
                else if (i < end - 1) cache.SetPadding(packets[i], longest - length);
            }
        }
    }
}

/// <summary>A consumer of whole tracks outside the room: the packager.</summary>
internal interface ITrackExport
{
    /// <summary>Takes the packets that a layer received in this turn.</summary>
    void Export(IncomingStream stream, ReadOnlySpan<long> packets);

    /// <summary>Takes the newest sender report of a layer.</summary>
    void ExportSenderReport(IncomingStream stream);
}
