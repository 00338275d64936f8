using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

using LiveStream.Contracts;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;

namespace LiveStream.Signalling.Tests.Fakes;

/// <summary>Rooms with the policy of <see cref="Policies"/>; remembers what it is asked, and reports what the test says.</summary>
internal sealed class FakeLiveRooms : ILiveRooms
{
    private readonly ConcurrentDictionary<string, Channel<RoomStream>> _watches = new();

    public ConcurrentQueue<StartRoomStreamRequest> Started { get; } = [];

    public ConcurrentQueue<StopRoomStreamsRequest> Stopped { get; } = [];

    public ConcurrentQueue<LockRoomRequest> Locked { get; } = [];

    /// <summary>Thrown by the next calls while set.</summary>
    public ControlException? Failure { get; set; }

    public Task<RoomPolicy> GetPolicyAsync(GetPolicyRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(Policies.Show(request.RoomId));

    public Task<StartRoomStreamReply> StartStreamAsync(StartRoomStreamRequest request, CancellationToken cancellationToken)
    {
        if (Failure is not null) throw Failure;
        Started.Enqueue(request);
        return Task.FromResult(new StartRoomStreamReply());
    }

    public Task<StopRoomStreamsReply> StopStreamsAsync(StopRoomStreamsRequest request, CancellationToken cancellationToken)
    {
        if (Failure is not null) throw Failure;
        Stopped.Enqueue(request);
        return Task.FromResult(new StopRoomStreamsReply());
    }

    public ConcurrentQueue<InsertRoomTimedMetadataRequest> Inserted { get; } = [];

    public Task<InsertRoomTimedMetadataReply> InsertTimedMetadataAsync(InsertRoomTimedMetadataRequest request, CancellationToken cancellationToken)
    {
        if (Failure is not null) throw Failure;
        Inserted.Enqueue(request);
        return Task.FromResult(new InsertRoomTimedMetadataReply());
    }

    public async IAsyncEnumerable<RoomStream> WatchStreamsAsync(
        WatchRoomStreamsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var stream in WatchOf(request.RoomId).Reader.ReadAllAsync(cancellationToken)) yield return stream;
    }

    public Task<LockRoomReply> LockRoomAsync(LockRoomRequest request, CancellationToken cancellationToken)
    {
        Locked.Enqueue(request);
        return Task.FromResult(new LockRoomReply());
    }

    /// <summary>The record of sessions, in order.</summary>
    public Channel<SessionReport> Reports { get; } = Channel.CreateUnbounded<SessionReport>();

    /// <summary>How many reports are refused, as by a database that is away, before they are taken.</summary>
    public int FailingReports { get; set; }

    public Task<SessionReportReply> ReportSessionAsync(SessionReport request, CancellationToken cancellationToken)
    {
        if (FailingReports-- > 0) throw new ControlException(ControlError.Unavailable, "away");
        Reports.Writer.TryWrite(request);
        return Task.FromResult(new SessionReportReply());
    }

    /// <summary>Who is in a room by the record.</summary>
    public ConcurrentDictionary<string, OpenSession> Open { get; } = new();

    public Task<OpenSession> GetOpenSessionAsync(GetOpenSessionRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(Open.GetValueOrDefault(request.RoomId) ?? new OpenSession());

    public void Report(RoomStream stream) => WatchOf(stream.RoomId).Writer.TryWrite(stream);

    private Channel<RoomStream> WatchOf(string roomId) => _watches.GetOrAdd(roomId, _ => Channel.CreateUnbounded<RoomStream>());
}
