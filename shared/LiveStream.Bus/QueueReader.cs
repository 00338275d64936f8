using System.Threading.Channels;

using MassTransit;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Bus;

/// <summary>
/// Reads one subscriber's queue, and reads it again soon after the broker is back. The transport's own attempts are up to a
/// minute apart after an outage, and after some failures it gives up for good; here they are a second apart, and do not end.
/// </summary>
internal sealed class QueueReader(EventPump pump, IBus bus, IOptions<BusOptions> options, TimeProvider time, ILogger<QueueReader> logger)
    : BackgroundService, IReceiveEndpointObserver
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(10);

    private readonly string _queue = Topology.QueueOf(options.Value, pump.Subscriber);

    // Only the newest matters.
    private readonly Channel<bool> _states = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private volatile bool _isReading;
    private volatile bool _hasTold;

    /// <summary>Whether the broker delivers.</summary>
    public bool IsReading => _isReading;

    /// <inheritdoc/>
    public Task Ready(ReceiveEndpointReady ready)
    {
        if (!_isReading) logger.ReaderReady(_queue);
        _hasTold = false;
        return Become(true);
    }

    /// <inheritdoc/>
    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task Completed(ReceiveEndpointCompleted completed) => Become(false);

    /// <inheritdoc/>
    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        if (!_hasTold) logger.ReaderLost(_queue, faulted.Exception?.GetBaseException().Message ?? "no connection");
        _hasTold = true;
        return Become(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var endpoint = bus.ConnectReceiveEndpoint(_queue, endpoint => Topology.Read((IRabbitMqReceiveEndpointConfigurator)endpoint, options.Value, pump, this));
                await UntilLostAsync(stoppingToken);
                await StopAsync(endpoint, stoppingToken);
                // Of the one that has ended. The next one may take longer to connect than the pause.
                while (_states.Reader.TryRead(out _))
                {
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The bus ends its endpoints itself.
        }
    }

    private async Task UntilLostAsync(CancellationToken cancellationToken)
    {
        do
        {
            while (await _states.Reader.ReadAsync(cancellationToken))
            {
            }

            // It may come back by itself, and is left alone then.
            await Task.Delay(s_pause, time, cancellationToken);
        }
        while (_isReading);
    }

    private async Task StopAsync(HostReceiveEndpointHandle endpoint, CancellationToken cancellationToken)
    {
        try
        {
            await endpoint.StopAsync(cancellationToken).WaitAsync(s_stopLimit, time, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // What is left of it has no connection, or is one of two readers, of which the broker serves one at a time.
            logger.ReaderDidNotStop(e, _queue);
        }
    }

    private Task Become(bool isReading)
    {
        _isReading = isReading;
        _states.Writer.TryWrite(isReading);
        return Task.CompletedTask;
    }
}
