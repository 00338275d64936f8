using System.Net;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Negotiation;
using LiveStream.Sfu.Workers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Sfu.Control;

/// <summary>One SFU node: its certificate, its media workers, and which worker a room lives on.</summary>
internal sealed class SfuNode : IHostedService, IDisposable
{
    private readonly ILogger<SfuNode> _logger;
    private readonly DtlsIdentity _identity;
    private MediaWorker[] _workers = [];
    private long _nextKey;

    public SfuNode(IOptions<SfuOptions> options, ILogger<SfuNode> logger)
    {
        Options = options.Value;
        _logger = logger;
        Events = new RoomEventHub(logger);
        _identity = DtlsIdentity.Create();
    }

    public SfuOptions Options { get; }

    public RoomEventHub Events { get; }

    public IReadOnlyList<MediaWorker> Workers => _workers;

    /// <summary>The worker that a room lives on: always the same one.</summary>
    public MediaWorker WorkerOf(string roomId)
    {
        if (_workers.Length == 0) throw new Contracts.ControlException(Contracts.ControlError.Unavailable, "The SFU is not running.");
        // FNV-1a, because string hashes differ from process to process and a restart should not shuffle ports.
        var hash = 2166136261u;
        foreach (var character in roomId) hash = (hash ^ character) * 16777619u;
        return _workers[hash % (uint)_workers.Length];
    }

    /// <summary>A number for a transport, unique on the node.</summary>
    public ulong NextKey() => (ulong)Interlocked.Increment(ref _nextKey);

    /// <summary>What answers tell of the node, for rooms of one worker.</summary>
    public LocalDescription Describe(MediaWorker worker)
    {
        var publicAddresses = Options.PublicAddresses.Select(IPAddress.Parse);
        return new LocalDescription(Options.NodeId, _identity.FingerprintText, HostCandidates.List(IPAddress.Parse(Options.Address), publicAddresses, worker.Port));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("The SFU's media path needs Linux (recvmmsg, UDP_SEGMENT).");
        var address = IPAddress.Parse(Options.Address);
        var workers = new List<MediaWorker>();
        try
        {
            for (var i = 0; i < Options.Workers; i++)
                workers.Add(new MediaWorker(i, address, Options.Port == 0 ? 0 : Options.Port + i, _identity, Events, Options, _logger));
        }
        catch
        {
            foreach (var worker in workers) worker.Dispose();
            throw;
        }

        _workers = [.. workers];
        foreach (var worker in _workers) worker.Start();
        _logger.Listening(Options.NodeId, Options.Address, _workers[0].Port, _workers[^1].Port);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var worker in _workers) worker.Dispose();
        _workers = [];
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var worker in _workers) worker.Dispose();
        _workers = [];
        _identity.Dispose();
    }

    /// <summary>Rooms that have transports.</summary>
    public async Task<IReadOnlyList<string>> RoomIdsAsync(CancellationToken cancellationToken)
    {
        var rooms = await Task.WhenAll(_workers.Select(worker => worker.InvokeAsync(() => worker.Rooms.All.Where(room => room.Transports > 0).Select(room => room.RoomId).ToArray())))
            .WaitAsync(cancellationToken).ConfigureAwait(false);
        return [.. rooms.SelectMany(ids => ids)];
    }

    public NodeStats Stats()
    {
        var stats = new NodeStats { NodeId = Options.NodeId };
        foreach (var worker in _workers)
        {
            stats.Rooms += (uint)worker.Rooms.Count;
            stats.Transports += (uint)worker.Transports.Count;
            stats.PacketsReceived += (ulong)worker.Counters.Received;
            stats.PacketsSent += (ulong)worker.DatagramsSent;
            stats.PacketsDropped += (ulong)worker.Counters.Dropped;
        }

        return stats;
    }
}
