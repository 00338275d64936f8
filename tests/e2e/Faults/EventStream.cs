using System.Text.Json.Nodes;

using Google.Protobuf.WellKnownTypes;

using Grpc.Core;

using LiveStream.Contracts.Packager.V1;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.E2E.Tests.Harness;
using LiveStream.Rpc;
using LiveStream.Rpc.Client;

using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStream.E2E.Tests.Faults;

/// <summary>
/// People who come and go in several rooms at once, without a pause. What signalling reports to rooms is reported here, so that
/// each event is known to be acknowledged or not: one that was not is reported again, as signalling does.
/// </summary>
internal sealed class EventStream : IAsyncDisposable
{
    private const int Lanes = 4;

    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(150), s_retry = TimeSpan.FromMilliseconds(200), s_call = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly RpcChannel _rooms;
    private readonly Lane[] _lanes;
    private readonly Task _running;

    private EventStream(RpcChannel rooms, Lane[] lanes, string customerId)
    {
        (_rooms, _lanes) = (rooms, lanes);
        _running = Task.WhenAll(lanes.Select(lane => RunAsync(lane, customerId)));
    }

    /// <summary>Events that rooms has acknowledged, by lane.</summary>
    public IReadOnlyDictionary<string, int> Acknowledged => _lanes.ToDictionary(lane => lane.Name, lane => Volatile.Read(ref lane.Acknowledged));

    public static async Task<EventStream> StartAsync(Product product, SixServices six)
    {
        var lanes = new Lane[Lanes];
        for (var i = 0; i < Lanes; i++)
        {
            var room = (await product.PostRestAsync("/v2/rooms", new JsonObject { ["name"] = $"lane-{i}" })).GetProperty("id").GetString()!;
            lanes[i] = new Lane($"lane-{i}", room, $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds():x8}{i:x16}");
        }

        var options = new RpcOptions { Token = six.Token, CallTimeout = s_call };
        return new EventStream(new RpcChannel("rooms", six.RoomsControl, options, TimeProvider.System, NullLogger.Instance), lanes, product.Workspace.CustomerId);
    }

    /// <summary>Name of the packager that has the room's live stream.</summary>
    public async Task<string> PackagerOfAsync(string roomId)
    {
        var method = PackagerNodesReflection.Descriptor.Services[0].FindMethodByName("Locate");
        return (await _rooms.UnaryAsync<LocateStreamRequest, PackagerLocation>(method, new LocateStreamRequest { RoomId = roomId }, _stopping.Token)).NodeId;
    }

    /// <summary>Completes when each lane has that many more events acknowledged than it had.</summary>
    public async Task MoreAsync(IReadOnlyDictionary<string, int> before, int more, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        foreach (var lane in _lanes)
            while (Volatile.Read(ref lane.Acknowledged) < before[lane.Name] + more) await lane.Next.WaitAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _rooms.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(Lane lane, string customerId)
    {
        try
        {
            await ReportAsync(lane, customerId, report => report.Began = new SessionBegun());
            for (var number = 0; ; number++)
            {
                var peer = new ReportedPeer { PeerId = $"{lane.Name}:{number}", Name = "A", Role = SdkShow.RealTime };
                await ReportAsync(lane, customerId, report => report.PeerJoined = peer);
                lane.Acknowledge();
                await Task.Delay(s_pace, _stopping.Token);
                await ReportAsync(lane, customerId, report => report.PeerLeft = peer);
                lane.Acknowledge();
                await Task.Delay(s_pace, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    private async Task ReportAsync(Lane lane, string customerId, Action<SessionReport> say)
    {
        var method = LiveRoomsReflection.Descriptor.Services[0].FindMethodByName("ReportSession");
        while (true)
        {
            var report = new SessionReport { CustomerId = customerId, RoomId = lane.RoomId, SessionId = lane.SessionId, At = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow) };
            say(report);
            try
            {
                await _rooms.UnaryAsync<SessionReport, SessionReportReply>(method, report, _stopping.Token);
                return;
            }
            catch (RpcException)
            {
                await Task.Delay(s_retry, _stopping.Token);
            }
        }
    }

    private sealed class Lane(string name, string roomId, string sessionId)
    {
        public int Acknowledged;
        private TaskCompletionSource _next = NewSource();

        public string Name => name;

        public string RoomId => roomId;

        public string SessionId => sessionId;

        public Task Next => Volatile.Read(ref _next).Task;

        public void Acknowledge()
        {
            Interlocked.Increment(ref Acknowledged);
            Interlocked.Exchange(ref _next, NewSource()).SetResult();
        }

        private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
