using LiveStream.Benchmarks.Load;
using LiveStream.Benchmarks.Server;
using LiveStream.Testing;

namespace LiveStream.Benchmarks.Rooms;

/// <summary>Peers with media in one room.</summary>
internal sealed class MediaCrowd : IAsyncDisposable
{
    // Receives only, and has both connections all the same.
    private const string Role = "viewer-realtime";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly List<MediaPeer> _peers = [];
    private readonly List<string> _failures = [];

    /// <summary>Delays from due to the reply.</summary>
    public DelayHistogram Joined { get; } = new();

    /// <summary>Delays from due to both connections.</summary>
    public DelayHistogram Connected { get; } = new();

    /// <summary>Peers that did not connect, and those that were dropped since.</summary>
    public IReadOnlyList<string> Faults => [.. _failures, .. _peers.Select(peer => peer.Fault).OfType<string>()];

    /// <summary>Joins peers at even times within the span, and waits until all are connected or have failed.</summary>
    public static async Task<MediaCrowd> JoinAsync(ServerProcess server, string name, int count, TimeSpan over, CancellationToken cancellationToken)
    {
        using var room = await RoomCrowd.CreateAsync(server, name, large: true, cancellationToken);
        var crowd = new MediaCrowd();
        for (var i = 0; i < count; i++) crowd._peers.Add(new MediaPeer(server, room.RoomId, Role, i));
        var tokens = Enumerable.Range(0, count).Select(i => AuthToken.ForRole(
            server.Workspace.AccessKey, server.Workspace.Secret, room.RoomId, Role, $"media-{i}", DateTimeOffset.UtcNow)).ToArray();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(over + s_patience);
        var begin = SocketCrowd.Now;
        await Task.WhenAll(crowd._peers.Select(async (peer, i) =>
        {
            var due = begin + over * i / count;
            if (due - SocketCrowd.Now is { Ticks: > 0 } wait) await Task.Delay(wait, limit.Token);
            try
            {
                var join = await peer.JoinAsync(tokens[i], () => SocketCrowd.Now - due, limit.Token);
                lock (crowd._failures)
                {
                    crowd.Joined.Add(join.Joined);
                    crowd.Connected.Add(join.Connected);
                }
            }
            catch (Exception e) when (e is InvalidOperationException or OperationCanceledException or System.Net.WebSockets.WebSocketException or TimeoutException)
            {
                lock (crowd._failures) crowd._failures.Add($"peer {i}: {e.Message}");
            }
        }));
        return crowd;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _peers) await peer.DisposeAsync();
    }
}
