using System.Runtime.CompilerServices;
using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.HlsPackager.Ingest;
using LiveStream.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStream.HlsPackager.Tests.Ingest;

/// <summary>A packager follows its room from node to node.</summary>
public sealed class LocatedSfuTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestClock clock = new();
    private readonly Directory directory = new();
    private readonly Dictionary<string, Node> nodes = new() { ["http://a"] = new Node(), ["http://b"] = new Node() };
    private readonly LocatedSfu located;

    public LocatedSfuTests() => located = new LocatedSfu(directory, address => nodes[address], clock, NullLogger<LocatedSfu>.Instance);

    [Fact]
    public async Task Room_ThatMoves_EndsItsWatchAndItsExport()
    {
        await located.StartExportAsync(new StartExportRequest { RoomId = "room", ExportId = "x" }, default);
        await using var watch = located.WatchRoomAsync(new WatchRoomRequest { RoomId = "room" }, default).GetAsyncEnumerator();
        var next = watch.MoveNextAsync().AsTask();
        await nodes["http://a"].Watched.Task.WaitAsync(Patience);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(next.IsCompleted);

        directory.At = "b";
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ControlError.Aborted, (await Assert.ThrowsAsync<ControlException>(() => next.WaitAsync(Patience))).Error);
        Assert.Equal(["start x", "stop x"], nodes["http://a"].Calls);
        await located.StartExportAsync(new StartExportRequest { RoomId = "room", ExportId = "x" }, default);
        await located.StopExportAsync(new StopExportRequest { RoomId = "room", ExportId = "x" }, default);
        Assert.Equal(["start x", "stop x"], nodes["http://b"].Calls);
    }

    [Fact]
    public async Task NodeThatHangs_ItsExportIsLeftWhicheverIsNoticedFirst()
    {
        var a = nodes["http://a"];
        await located.StartExportAsync(new StartExportRequest { RoomId = "room", ExportId = "x" }, default);
        await using var watch = located.WatchRoomAsync(new WatchRoomRequest { RoomId = "room" }, default).GetAsyncEnumerator();
        var next = watch.MoveNextAsync().AsTask();
        await a.Watched.Task.WaitAsync(Patience);
        a.Stops = new TaskCompletionSource().Task;
        // The watch breaks by itself; only then is the room elsewhere.
        a.WatchBreaks.SetResult();
        Assert.Equal(ControlError.Unavailable, (await Assert.ThrowsAsync<ControlException>(() => next.WaitAsync(Patience))).Error);
        directory.At = "b";
        await using var again = located.WatchRoomAsync(new WatchRoomRequest { RoomId = "room" }, default).GetAsyncEnumerator();
        Assert.Equal(ControlError.Aborted, (await Assert.ThrowsAsync<ControlException>(() => again.MoveNextAsync().AsTask().WaitAsync(Patience))).Error);

        await using var third = located.WatchRoomAsync(new WatchRoomRequest { RoomId = "room" }, default).GetAsyncEnumerator();
        var watching = third.MoveNextAsync().AsTask();
        await nodes["http://b"].Watched.Task.WaitAsync(Patience);
        nodes["http://b"].WatchBreaks.SetResult();
        await Assert.ThrowsAsync<ControlException>(() => watching.WaitAsync(Patience));
    }

    [Fact]
    public async Task Directory_ThatIsAway_EndsNothing()
    {
        await using var watch = located.WatchRoomAsync(new WatchRoomRequest { RoomId = "room" }, default).GetAsyncEnumerator();
        var next = watch.MoveNextAsync().AsTask();
        await nodes["http://a"].Watched.Task.WaitAsync(Patience);
        directory.At = null;
        clock.Advance(TimeSpan.FromSeconds(1));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(next.IsCompleted);
        Assert.Equal(ControlError.Unavailable, (await Assert.ThrowsAsync<ControlException>(
            () => located.StartExportAsync(new StartExportRequest { RoomId = "room", ExportId = "x" }, default))).Error);
        directory.At = "b";
        clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<ControlException>(() => next.WaitAsync(Patience));
    }

    [Fact]
    public async Task StopExport_OfAnUnknownOne_Succeeds()
    {
        await located.StopExportAsync(new StopExportRequest { RoomId = "room", ExportId = "x" }, default);
        Assert.Empty(nodes["http://a"].Calls);
    }

    private sealed class Directory : IMediaNodes
    {
        public string? At { get; set; } = "a";

        public Task<AnnounceReply> AnnounceAsync(NodeAnnouncement request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<NodeLocation> LocateAsync(LocateRequest request, CancellationToken cancellationToken) => At is { } id
            ? Task.FromResult(new NodeLocation { NodeId = id, ControlAddress = $"http://{id}" })
            : throw new ControlException(ControlError.Unavailable, "away");
    }

    private sealed class Node : ISfuControl
    {
        public List<string> Calls { get; } = [];

        public TaskCompletionSource Watched { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<StartExportReply> StartExportAsync(StartExportRequest request, CancellationToken cancellationToken)
        {
            Calls.Add($"start {request.ExportId}");
            return Task.FromResult(new StartExportReply());
        }

        public Task<StopExportReply> StopExportAsync(StopExportRequest request, CancellationToken cancellationToken)
        {
            Calls.Add($"stop {request.ExportId}");
            return StoppedAsync(cancellationToken);
        }

        public Task Stops { get; set; } = Task.CompletedTask;

        public TaskCompletionSource WatchBreaks { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private async Task<StopExportReply> StoppedAsync(CancellationToken cancellationToken)
        {
            await Stops.WaitAsync(cancellationToken);
            return new StopExportReply();
        }

        public async IAsyncEnumerable<RoomEvent> WatchRoomAsync(WatchRoomRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Watched.TrySetResult();
            await WatchBreaks.Task.WaitAsync(cancellationToken);
            throw new ControlException(ControlError.Unavailable, "no answer to a probe");
#pragma warning disable CS0162 // It makes this method an iterator.
            yield break;
#pragma warning restore CS0162
        }

        public Task<OpenTransportReply> OpenTransportAsync(OpenTransportRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<UpdateTransportReply> UpdateTransportAsync(UpdateTransportRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<CloseTransportReply> CloseTransportAsync(CloseTransportRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<OpenSubscriberReply> OpenSubscriberAsync(OpenSubscriberRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<MakeOfferReply> MakeOfferAsync(MakeOfferRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<TakeAnswerReply> TakeAnswerAsync(TakeAnswerRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ChangePolicyReply> ChangePolicyAsync(ChangePolicyRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<RequestKeyFrameReply> RequestKeyFrameAsync(RequestKeyFrameRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<NodeStats> GetNodeStatsAsync(GetNodeStatsRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
