using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Contracts.Signalling;
using LiveStream.Contracts.Signalling.V1;
using LiveStream.Sfu.Control;

namespace LiveStream.Sfu.Tests.Node;

/// <summary>A media node announces itself to every signalling node.</summary>
public sealed class EverySignallingTests
{
    private readonly Rooms _rooms = new();
    private readonly Dictionary<string, Signalling> _signalling = new() { ["http://a"] = new(), ["http://b"] = new() };
    private readonly EverySignalling _every;

    public EverySignallingTests() => _every = new EverySignalling(_rooms, address => _signalling[address], TimeProvider.System);

    [Fact]
    public async Task Announcement_ReachesAll_AndOneThatIsAwayKeepsItFromNobody()
    {
        _signalling["http://a"].IsAway = true;
        await AnnounceAsync("n");
        Assert.Equal("n", Assert.Single(_signalling["http://b"].Heard));
        _signalling["http://a"].IsAway = false;
        await AnnounceAsync("n");
        Assert.Single(_signalling["http://a"].Heard);
    }

    [Fact]
    public async Task RoomsIsAway_ThoseKnownLastAreTold()
    {
        await AnnounceAsync("n");
        _rooms.IsAway = true;
        await AnnounceAsync("n");
        Assert.All(_signalling.Values, signalling => Assert.Equal(2, signalling.Heard.Count));
    }

    [Fact]
    public async Task NobodyHears_IsUnavailable()
    {
        foreach (var signalling in _signalling.Values) signalling.IsAway = true;
        Assert.Equal(ControlError.Unavailable, (await Assert.ThrowsAsync<ControlException>(() => AnnounceAsync("n"))).Error);
        _rooms.Nodes.Clear();
        Assert.Equal(ControlError.Unavailable, (await Assert.ThrowsAsync<ControlException>(() => AnnounceAsync("n"))).Error);
    }

    [Fact]
    public async Task OneHangs_TheOthersHaveHeardAtTheEnd()
    {
        _signalling["http://a"].Hangs = true;
        using var limit = new CancellationTokenSource();
        var announcing = _every.AnnounceAsync(new NodeAnnouncement { NodeId = "n" }, limit.Token);
        await _signalling["http://b"].First.WaitAsync(TimeSpan.FromSeconds(60));
        await limit.CancelAsync();
        await announcing;
    }

    private Task<AnnounceReply> AnnounceAsync(string node) => _every.AnnounceAsync(new NodeAnnouncement { NodeId = node }, default);

    private sealed class Rooms : ISignallingNodes
    {
        public List<SignallingNode> Nodes { get; } = [new() { NodeId = "a", ControlAddress = "http://a" }, new() { NodeId = "b", ControlAddress = "http://b" }];

        public bool IsAway { get; set; }

        public Task<SignallingList> ListAsync(ListSignallingRequest request, CancellationToken cancellationToken) =>
            IsAway ? throw new ControlException(ControlError.Unavailable, "away") : Task.FromResult(new SignallingList { Nodes = { Nodes } });

        public Task<SignallingAnnounced> AnnounceAsync(SignallingAnnouncement request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<SignallingNode> LocateAsync(LocateRoomRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class Signalling : IMediaNodes
    {
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Heard { get; } = [];

        public Task First => _first.Task;

        public bool IsAway { get; set; }

        public bool Hangs { get; set; }

        public async Task<AnnounceReply> AnnounceAsync(NodeAnnouncement request, CancellationToken cancellationToken)
        {
            if (Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            if (IsAway) throw new ControlException(ControlError.Unavailable, "away");
            Heard.Add(request.NodeId);
            _first.TrySetResult();
            return new AnnounceReply();
        }

        public Task<NodeLocation> LocateAsync(LocateRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
