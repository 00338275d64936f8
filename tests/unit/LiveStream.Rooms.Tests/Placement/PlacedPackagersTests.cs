using System.Runtime.CompilerServices;
using System.Threading.Channels;

using LiveStream.Contracts;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;
using LiveStream.Rooms.Placement;

using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStream.Rooms.Tests.Placement;

/// <summary>Streams are placed on packagers that announce themselves.</summary>
public sealed class PlacedPackagersTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly PackagerTable _table = new();
    private readonly Dictionary<string, Packager> _packagers = new() { ["http://a:1"] = new(), ["http://b:1"] = new() };
    private readonly PlacedPackagers _placed;

    public PlacedPackagersTests() => _placed = new PlacedPackagers(_table, address => _packagers[address], TimeProvider.System, NullLogger<PlacedPackagers>.Instance);

    public void Dispose() => _placed.Dispose();

    [Fact]
    public async Task Start_GoesToTheLeastLoaded_AndCallsFollow()
    {
        Announce("a", streams: 5);
        Announce("b", streams: 1);
        await StartAsync("s1");
        await _placed.StopStreamAsync(new StopStreamRequest { StreamId = "s1" }, default);

        Assert.Equal(["start s1", "stop s1"], _packagers["http://b:1"].Calls);
        Assert.Empty(_packagers["http://a:1"].Calls);
        var error = await Assert.ThrowsAsync<ControlException>(() => _placed.StopStreamAsync(new StopStreamRequest { StreamId = "other" }, default));
        Assert.Equal(ControlError.NotFound, error.Error);
    }

    [Fact]
    public async Task Start_WhereNobodyHasRoom_IsUnavailable()
    {
        Announce("a", streams: 10);
        Announce("b", leaving: true);
        Assert.Equal(ControlError.Unavailable, (await Assert.ThrowsAsync<ControlException>(() => StartAsync("s1"))).Error);
    }

    [Fact]
    public async Task Packager_Silent_ItsStreamsAreLost_AndItForgetsThemWhenItIsBack()
    {
        Announce("a");
        Announce("b", streams: 1);
        await StartAsync("s1");
        await using var watch = _placed.WatchStreamsAsync(new WatchStreamsRequest(), default).GetAsyncEnumerator();
        _packagers["http://a:1"].Tell("s1", StreamState.Running);
        _packagers["http://a:1"].Tell("", StreamState.Unspecified);
        Assert.Equal(("s1", StreamState.Running), await NextAsync(watch));

        Announce("b", streams: 1, after: PackagerTable.Silence);
        Assert.Equal(["a"], _table.Sweep(s_start + PackagerTable.Silence).Select(node => node.Id));
        Assert.Equal(("s1", StreamState.Lost), await NextAsync(watch));
        Assert.True(_table.TryFindRoom("room", out var nobody));
        Assert.Null(nobody);
        await StartAsync("s1");
        Assert.True(_table.TryFindRoom("room", out var other));
        Assert.Equal("b", other?.Id);

        // It was only thought dead, and still has the stream.
        var next = NextAsync(watch);
        Announce("a", after: PackagerTable.Silence);
        _packagers["http://a:1"].Tell("s1", StreamState.Running);
        await _packagers["http://a:1"].Forgot.Task.WaitAsync(s_patience);
        _packagers["http://b:1"].Tell("s1", StreamState.Starting);
        Assert.Equal(("s1", StreamState.Starting), await next);
    }

    [Fact]
    public async Task Packager_BackWithoutAStream_HasLostIt()
    {
        Announce("a");
        await StartAsync("s1");
        await using var watch = _placed.WatchStreamsAsync(new WatchStreamsRequest(), default).GetAsyncEnumerator();
        // It has been restarted within the silence that counts as death.
        _packagers["http://a:1"].Tell("", StreamState.Unspecified);
        Assert.Equal(("s1", StreamState.Lost), await NextAsync(watch));
    }

    private static async Task<(string Id, StreamState State)> NextAsync(IAsyncEnumerator<StreamChanged> watch)
    {
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(s_patience));
        return (watch.Current.StreamId, watch.Current.State);
    }

    private void Announce(string id, uint streams = 0, bool leaving = false, TimeSpan after = default)
    {
        var announcement = new PackagerAnnouncement
        {
            NodeId = id, ControlAddress = $"http://{id}:1", HttpAddress = $"http://{id}:2", Streams = streams, Capacity = 10, Leaving = leaving,
        };
        if (_table.Announce(announcement, s_start + after) is { } added) _placed.Watch(added);
    }

    private Task<StartStreamReply> StartAsync(string id) => _placed.StartStreamAsync(new StartStreamRequest { StreamId = id, RoomId = "room" }, default);

    /// <summary>Remembers calls, and tells what the test says to whoever watches.</summary>
    private sealed class Packager : IPackagerControl
    {
        private readonly Channel<StreamChanged> _told = Channel.CreateUnbounded<StreamChanged>();

        public List<string> Calls { get; } = [];

        public TaskCompletionSource Forgot { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Tell(string id, StreamState state) => _told.Writer.TryWrite(new StreamChanged { StreamId = id, RoomId = "room", State = state });

        public Task<StartStreamReply> StartStreamAsync(StartStreamRequest request, CancellationToken cancellationToken)
        {
            Calls.Add($"start {request.StreamId}");
            return Task.FromResult(new StartStreamReply());
        }

        public Task<StopStreamReply> StopStreamAsync(StopStreamRequest request, CancellationToken cancellationToken)
        {
            Calls.Add($"stop {request.StreamId}");
            if (request.Forget) Forgot.TrySetResult();
            return Task.FromResult(new StopStreamReply());
        }

        public Task<InsertTimedMetadataReply> InsertTimedMetadataAsync(InsertTimedMetadataRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<SetRecordingPausedReply> SetRecordingPausedAsync(SetRecordingPausedRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async IAsyncEnumerable<StreamChanged> WatchStreamsAsync(WatchStreamsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var change in _told.Reader.ReadAllAsync(cancellationToken)) yield return change;
        }
    }
}
