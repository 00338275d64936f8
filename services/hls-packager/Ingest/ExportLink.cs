using System.Threading.Channels;
using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>Keeps one export connected: asks the SFU for it, and again whenever its connection is lost.</summary>
internal sealed class ExportLink(
    ISfuControl sfu, StartExportRequest request, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);

    // Connections that opened (+1) or closed (-1); a new connection may open before the old one is seen to close.
    private readonly Channel<int> changes = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true });
    private int open;

    /// <summary>A connection said hello.</summary>
    public void OnConnected()
    {
        logger.ExportConnected(request.ExportId);
        changes.Writer.TryWrite(1);
    }

    /// <summary>A connection ended.</summary>
    public void OnClosed(string reason)
    {
        logger.ExportDisconnected(request.ExportId, reason);
        changes.Writer.TryWrite(-1);
    }

    /// <summary>Runs until cancelled, then ends the export.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var backOff = new BackOff();
        try
        {
            while (true)
            {
                var failure = await TryStartAsync(cancellationToken).ConfigureAwait(false)
                    ?? (await WaitAsync(connected: true, ConnectPatience, cancellationToken).ConfigureAwait(false) ? null : "no connection came");
                if (failure is null)
                {
                    backOff.Reset();
                    await WaitAsync(connected: false, Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
                }

                var delay = backOff.Next();
                if (failure is not null) logger.ExportFailed(request.ExportId, request.RoomId, failure, delay);

                // An SFU that comes back on its own is as good.
                if (await WaitAsync(connected: true, delay, cancellationToken).ConfigureAwait(false))
                {
                    await WaitAsync(connected: false, Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            await TryStopAsync().ConfigureAwait(false);
        }
    }

    private async Task<string?> TryStartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await sfu.StartExportAsync(request, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (ControlException e)
        {
            if (e.Error == ControlError.AlreadyExists) await TryStopAsync().ConfigureAwait(false);
            return e.Message;
        }
    }

    private async Task TryStopAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
        try
        {
            await sfu.StopExportAsync(new StopExportRequest { RoomId = request.RoomId, ExportId = request.ExportId }, limit.Token)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is ControlException or OperationCanceledException)
        {
            // The SFU ends the export itself once its connection is refused.
        }
    }

    private async Task<bool> WaitAsync(bool connected, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(patience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            while (open > 0 != connected) open += await changes.Reader.ReadAsync(limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <summary>Delays that double from 250 ms to 5 s.</summary>
internal sealed class BackOff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250), Last = TimeSpan.FromSeconds(5);

    private TimeSpan next = First;

    /// <summary>The delay to wait now.</summary>
    public TimeSpan Next()
    {
        var delay = next;
        next = 2 * delay < Last ? 2 * delay : Last;
        return delay;
    }

    /// <summary>Begins anew after a success.</summary>
    public void Reset() => next = First;
}
