using System.Collections.Concurrent;
using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Transports;

namespace LiveStream.Sfu.Channels;

/// <summary>
/// Answers the requests on the data channels of one worker: reads them on the thread of DTLS, has them done on the worker's,
/// and replies. Each request that has an id gets one reply; of one client a bounded number waits.
/// </summary>
internal sealed class ChannelRequests(TransportTable transports, DtlsWorker dtls, ITrackPreferences preferences, Action<Action> post)
{
    private const int BadRequest = 400, NotFound = 404, TooManyRequests = 429;
    private const int MaximumWaiting = 64;

    // Requests of a transport that the worker has not done yet; only those with some have an entry.
    private readonly ConcurrentDictionary<ulong, int> _waiting = new();

    /// <summary>Takes a text from any channel, on the thread of DTLS.</summary>
    public void OnText(ulong key, string label, ReadOnlySpan<byte> text)
    {
        if (label != ChannelRequest.Label) return;
        var error = ChannelRequest.TryParse(text, out var request);
        switch (error)
        {
            case ChannelRequestError.Unanswerable:
                return;
            case ChannelRequestError.UnknownMethod:
                Reply(key, ChannelReply.Failed(request.Id, BadRequest, "The method is not known."));
                return;
            case ChannelRequestError.BadParameters:
                Reply(key, ChannelReply.Failed(request.Id, BadRequest, "The parameters are missing or wrong."));
                return;
        }

        if (_waiting.AddOrUpdate(key, 1, static (_, count) => count + 1) > MaximumWaiting)
        {
            Leave(key);
            Reply(key, ChannelReply.Failed(request.Id, TooManyRequests, "Too many requests wait."));
            return;
        }

        post(() =>
        {
            Leave(key);
            Reply(key, Do(key, request) ? ChannelReply.Done(request.Id) : ChannelReply.Failed(request.Id, NotFound, "The track is not received."));
        });
    }

    private bool Do(ulong key, ChannelRequest request)
    {
        if (!transports.TryGetByKey(key, out var transport)) return false;
        return request.Layer is { } layer
            ? preferences.PreferVideo(transport, request.TrackId, layer)
            : preferences.PreferAudio(transport, request.TrackId, request.Subscribed);
    }

    private void Leave(ulong key)
    {
        // One thread counts up and another one down.
        while (_waiting.TryGetValue(key, out var count))
        {
            if (count > 1 ? _waiting.TryUpdate(key, count - 1, count) : _waiting.TryRemove(new KeyValuePair<ulong, int>(key, count))) return;
        }
    }

    private void Reply(ulong key, byte[] reply) => dtls.SendText(key, ChannelRequest.Label, reply);
}
