using System.Collections.Concurrent;
using LiveStream.Contracts;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace LiveStream.HlsPackager.Publish;

/// <summary>
/// Where there are several packagers, players come to any of them. A request for a stream that is at another one is answered with
/// what that one answers; while nobody has the stream, the request waits until somebody takes it over.
/// </summary>
internal sealed class OtherPackagers(IPackagerNodes nodes, IOptions<PackagerOptions> options, TimeProvider time) : IDisposable
{
    private const string Mark = "X-LiveStream-Relayed";

    // What a player of a lost stream waits between two looks.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300), Known = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(10);
    private static readonly string[] Forwarded = ["Accept-Encoding", "If-None-Match", "Range"];

    private readonly HttpClient client = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2), UseProxy = false, UseCookies = false }) { Timeout = Longest };
    private readonly ConcurrentDictionary<string, Place> located = new(StringComparer.Ordinal);

    // However many players wait for one stream, rooms is asked once at a time.
    private readonly ConcurrentDictionary<string, Lazy<Task<string?>>> asking = new(StringComparer.Ordinal);

    /// <summary>Answers from the packager that has the room's stream. False where there is none, or it is this one.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext context, string roomId)
    {
        // One step is enough: whoever is asked by another packager has the stream, or nobody does.
        if (context.Request.Headers.ContainsKey(Mark)) return false;
        var since = time.GetTimestamp();
        for (var fresh = Known; ; fresh = Pause)
        {
            var address = await LocateAsync(roomId, fresh).WaitAsync(context.RequestAborted).ConfigureAwait(false);
            if (address is null || address == options.Value.HttpAddress) return false;
            if (address.Length > 0 && await TryRelayAsync(context, roomId, address).ConfigureAwait(false)) return true;
            // Where it is nowhere, or cannot be reached, what was known is worth nothing any more.
            if (located.TryGetValue(roomId, out var entry) && entry.Address == address) located[roomId] = entry with { Reached = false };
            if (time.GetElapsedTime(since) >= options.Value.TakeOverWait) return false;
            await Task.Delay(Pause, time, context.RequestAborted).ConfigureAwait(false);
        }
    }

    public void Dispose() => client.Dispose();

    // Null: there is no such stream. Empty: it is nowhere for the moment.
    private Task<string?> LocateAsync(string roomId, TimeSpan fresh)
    {
        if (located.TryGetValue(roomId, out var known) && time.GetElapsedTime(known.At) < fresh) return Task.FromResult(known.Address);
        return asking.GetOrAdd(roomId, static (id, self) => new(() => self.AskAsync(id)), this).Value;
    }

    private async Task<string?> AskAsync(string roomId)
    {
        try
        {
            return await AskOnceAsync(roomId).ConfigureAwait(false);
        }
        finally
        {
            asking.TryRemove(roomId, out _);
        }
    }

    private async Task<string?> AskOnceAsync(string roomId)
    {
        located.TryGetValue(roomId, out var known);
        using var limit = new CancellationTokenSource(Longest, time);
        string? address;
        try
        {
            address = (await nodes.LocateAsync(new LocateStreamRequest { RoomId = roomId }, limit.Token).ConfigureAwait(false)).HttpAddress;
        }
        catch (Exception e) when (e is ControlException or OperationCanceledException)
        {
            // Rooms is away or has just begun: the one that had it may still have it. Or the stream is lost, or over.
            address = known is { Reached: true, Address.Length: > 0 } ? known.Address : e is ControlException { Error: ControlError.NotFound } ? null : "";
        }

        if (located.Count > options.Value.MaxStreams * 100) located.Clear();
        located[roomId] = new Place(address, time.GetTimestamp(), Reached: true);
        return address;
    }

    // False when it cannot be reached; nothing has been answered then.
    private async Task<bool> TryRelayAsync(HttpContext context, string roomId, string address)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(new Uri(address), context.Request.Path + context.Request.QueryString.Value));
        request.Headers.TryAddWithoutValidation(Mark, "1");
        foreach (var name in Forwarded)
            if (context.Request.Headers.TryGetValue(name, out var value)) request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value);
        HttpResponseMessage reply;
        using var given = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        try
        {
            var sending = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, given.Token);
            // One that has stopped answering may lose the stream meanwhile.
            while (await Task.WhenAny(sending, Task.Delay(Known, time, given.Token)).ConfigureAwait(false) != sending)
                if (await LocateAsync(roomId, Known).WaitAsync(given.Token).ConfigureAwait(false) != address) await given.CancelAsync().ConfigureAwait(false);
            reply = await sending.ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !context.RequestAborted.IsCancellationRequested))
        {
            return false;
        }

        using (reply)
        {
            context.Response.StatusCode = (int)reply.StatusCode;
            foreach (var (name, values) in reply.Headers.Concat(reply.Content.Headers))
                if (!name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) && !name.Equals("Date", StringComparison.OrdinalIgnoreCase)) context.Response.Headers[name] = values.ToArray();
            await reply.Content.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Where a stream was found.</summary>
    /// <param name="Address">Of the packager; empty where it is nowhere for the moment, null where there is no such stream.</param>
    /// <param name="At">Timestamp of the answer.</param>
    /// <param name="Reached">Nobody has tried in vain since.</param>
    private sealed record Place(string? Address, long At, bool Reached);
}
