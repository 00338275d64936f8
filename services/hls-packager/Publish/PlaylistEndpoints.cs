using LiveStream.HlsPackager.Playlist;
using LiveStream.Media.Hls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.HlsPackager.Publish;

/// <summary>The HLS origin. Every name in a URL is checked or looked up in memory; none reaches a file system as it came.</summary>
internal sealed class PlaylistEndpoints(StreamRegistry registry, BlockingReload reload, TakeOvers takeOvers, PackagerMetrics metrics, OtherPackagers? others = null)
{
    /// <summary>Prefix of all routes.</summary>
    public const string Prefix = "/hls";

    private const string NotRunning = "hls not running";
    private static readonly string[] Methods = ["GET", "HEAD", "OPTIONS"];
    private static readonly TimeSpan EndedMaxAge = TimeSpan.FromHours(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix);
        const string room = "/{customer}/{room}", run = room + "/{date}/{epoch}";
        group.MapMethods($"{room}/{HlsNames.Multivariant}", Methods, GetStaticAsync);
        group.MapMethods($"{run}/{HlsNames.Multivariant}", Methods, GetMultivariantAsync);
        group.MapMethods($"{run}/{{rendition}}/{HlsNames.Media}", Methods, GetPlaylistAsync);
        group.MapMethods($"{run}/{{rendition}}/{{file}}", Methods, GetObjectAsync);
        group.MapMethods("/{**rest}", Methods, context => AnswerAsync(context, c => HlsResponse.NotFoundAsync(c, "not found")));
    }

    private Task GetStaticAsync(HttpContext context) => AnswerAsync(context, c =>
    {
        var (customer, room) = (Value(c, "customer"), Value(c, "room"));
        var output = RunPath.IsId(customer) && RunPath.IsId(room) ? registry.FindRoom(customer, room) : null;
        // The next run is found under the same URL: never kept for long.
        return MultivariantAsync(c, output, fromRoom: true, Shortest);
    });

    private Task GetMultivariantAsync(HttpContext context) => AnswerAsync(context, async c =>
    {
        var output = await FindRunAsync(c).ConfigureAwait(false);
        await MultivariantAsync(c, output, fromRoom: false, output is { Ended: true } ? EndedMaxAge : Shortest).ConfigureAwait(false);
    });

    private Task GetPlaylistAsync(HttpContext context) => AnswerAsync(context, async c =>
    {
        if (await FindRunAsync(c).ConfigureAwait(false) is not { } output || output.Find(Value(c, "rendition")) is not { } rendition)
        {
            await HlsResponse.NotFoundAsync(c, NotRunning).ConfigureAwait(false);
            return;
        }

        var query = c.Request.Query;
        if (!DeliveryDirectives.TryParse(query["_HLS_msn"], query["_HLS_part"], query["_HLS_skip"], out var directives))
        {
            await HlsResponse.ErrorAsync(c, StatusCodes.Status400BadRequest, "malformed delivery directive").ConfigureAwait(false);
            return;
        }

        var version = rendition.Feed.Current;
        if (directives.Number is { } number)
        {
            var (outcome, waited) = await WaitAsync(c, output, rendition, number, directives.Part).ConfigureAwait(false);
            if (outcome == ReloadOutcome.TimedOut && rendition.Feed.Current is { IsPaused: true } unchanged)
            {
                // The stream waits for its publisher, for minutes where need be. Players that were told 503 (§6.2.5.2) each time would give up.
                await HlsResponse.PlaylistAsync(c, directives.Skip ? unchanged.Delta : unchanged.Full, Shortest).ConfigureAwait(false);
                return;
            }

            if (outcome != ReloadOutcome.Ready)
            {
                await RefuseAsync(c, outcome).ConfigureAwait(false);
                return;
            }

            version = waited;
        }

        if (version is null)
        {
            await HlsResponse.NotFoundAsync(c, "hls is starting").ConfigureAwait(false);
            return;
        }

        var maxAge = version.Ended ? EndedMaxAge : directives.Number is null ? Shortest : output.TargetDuration;
        await HlsResponse.PlaylistAsync(c, directives.Skip ? version.Delta : version.Full, maxAge).ConfigureAwait(false);
    });

    private Task GetObjectAsync(HttpContext context) => AnswerAsync(context, async c =>
    {
        var (renditionName, file) = (Value(c, "rendition"), Value(c, "file"));
        if (await FindRunAsync(c).ConfigureAwait(false) is not { } output || output.Find(renditionName) is not { } rendition)
        {
            await HlsResponse.NotFoundAsync(c, NotRunning).ConfigureAwait(false);
            return;
        }

        var value = output.FindObject(renditionName, file);
        if (value is null && rendition.Feed.Current is { } version && HlsNames.TryParsePart(file, out var segment, out var part) && version.Hints(segment, part))
        {
            // The part that the playlist hints at: the answer waits until it is written.
            var (outcome, _) = await WaitAsync(c, output, rendition, segment, part).ConfigureAwait(false);
            if (outcome != ReloadOutcome.Ready)
            {
                await RefuseAsync(c, outcome).ConfigureAwait(false);
                return;
            }

            value = output.FindObject(renditionName, file);
        }

        await (value is null ? HlsResponse.NotFoundAsync(c, "not found") : HlsResponse.ObjectAsync(c, value)).ConfigureAwait(false);
    });

    private async Task MultivariantAsync(HttpContext context, LiveOutput? output, bool fromRoom, TimeSpan maxAge)
    {
        if (output is not null && output.Multivariant(fromRoom) is null)
        {
            // A player that comes while the first segment is being written gets it as soon as it is there.
            await reload.WaitAsync(output.Ready, output.ReloadTimeout, context.RequestAborted).ConfigureAwait(false);
        }

        var playlist = output?.Multivariant(fromRoom);
        await (playlist is null ? HlsResponse.NotFoundAsync(context, NotRunning) : HlsResponse.PlaylistAsync(context, playlist, maxAge)).ConfigureAwait(false);
    }

    private async ValueTask<(ReloadOutcome Outcome, PlaylistVersion? Version)> WaitAsync(
        HttpContext context, LiveOutput output, RenditionOutput rendition, long number, int? part)
    {
        var result = await reload.WaitAsync(rendition.Feed, number, part, output.ReloadTimeout, context.RequestAborted).ConfigureAwait(false);
        metrics.Reloaded(result.Outcome.ToString());
        return result;
    }

    private static Task RefuseAsync(HttpContext context, ReloadOutcome outcome) => outcome switch
    {
        ReloadOutcome.BadRequest => HlsResponse.ErrorAsync(context, StatusCodes.Status400BadRequest, "too far in the future"),
        ReloadOutcome.TimedOut => HlsResponse.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "nothing new in time"),
        _ => HlsResponse.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "too many requests wait"),
    };

    private async Task AnswerAsync(HttpContext context, Func<HttpContext, Task> answer)
    {
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            HlsResponse.Preflight(context);
            return;
        }

        try
        {
            if (others is not null && IsElsewhere(context) && await others.TryAnswerAsync(context, Value(context, "room")).ConfigureAwait(false)) return;
            HlsResponse.AllowAnyOrigin(context);
            await answer(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone: nobody to answer.
        }
    }

    private bool IsElsewhere(HttpContext context)
    {
        var (customer, room) = (Value(context, "customer"), Value(context, "room"));
        if (!RunPath.IsId(customer) || !RunPath.IsId(room)) return false;
        return context.Request.RouteValues.ContainsKey("epoch")
            ? !RunPath.TryCreate(customer, room, Value(context, "date"), Value(context, "epoch"), out var path) || registry.Find(path) is null
            // A show that has ended here is what the room shows only where no later one is at another packager.
            : registry.FindRoom(customer, room) is null or { Ended: true };
    }

    private ValueTask<LiveOutput?> FindRunAsync(HttpContext context) =>
        RunPath.TryCreate(Value(context, "customer"), Value(context, "room"), Value(context, "date"), Value(context, "epoch"), out var path)
            ? takeOvers.FindAsync(path, context.RequestAborted)
            : ValueTask.FromResult<LiveOutput?>(null);

    private static string Value(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";
}
