using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;

namespace LiveStream.Signalling.Tests.Fakes;

/// <summary>Answers offers with fixed descriptions, remembers calls, and lets a test send room events.</summary>
internal sealed class FakeSfu : ISfuControl
{
    private readonly ConcurrentDictionary<string, (Channel<RoomEvent> Events, Task Ended)> _watches = [];
    private int _restarts;

    public ConcurrentQueue<OpenTransportRequest> Opened { get; } = [];

    public ConcurrentQueue<UpdateTransportRequest> Updated { get; } = [];

    public ConcurrentQueue<CloseTransportRequest> Closed { get; } = [];

    /// <summary>One for each of <see cref="Closed"/>.</summary>
    public SemaphoreSlim Closes { get; } = new(0);

    /// <summary>One for each close that was begun.</summary>
    public SemaphoreSlim CloseTries { get; } = new(0);

    /// <summary>Closes wait for it.</summary>
    public Task UntilCloses { get; set; } = Task.CompletedTask;

    public ConcurrentQueue<OpenSubscriberRequest> Subscribers { get; } = [];

    public ConcurrentQueue<MakeOfferRequest> Offers { get; } = [];

    public ConcurrentQueue<TakeAnswerRequest> Answers { get; } = [];

    public ConcurrentQueue<ChangePolicyRequest> Policies { get; } = [];

    /// <summary>What is offered next; nothing unless a test says so.</summary>
    public Func<MakeOfferRequest, string>? NextOffer { get; set; }

    /// <summary>Thrown by the next calls while set.</summary>
    public ControlException? Failure { get; set; }

    /// <summary>Thrown by the next answers while set.</summary>
    public ControlException? AnswerFailure { get; set; }

    /// <summary>Each is thrown by one change of policies or one close, before anything else.</summary>
    public ConcurrentQueue<ControlException> Hiccups { get; } = [];

    /// <summary>One for each of <see cref="Policies"/>.</summary>
    public SemaphoreSlim PolicyChanges { get; } = new(0);

    /// <summary>Runs before an offer is answered.</summary>
    public Action<OpenTransportRequest>? OnOpen { get; set; }

    /// <summary>Rooms that are listened to now.</summary>
    public ICollection<string> WatchedRooms => _watches.Keys;

    /// <summary>Completes when nobody listens to the room any more.</summary>
    public Task Unwatched(string roomId) => _watches.TryGetValue(roomId, out var watch) ? watch.Ended : Task.CompletedTask;

    public static string Answer(string ufrag) =>
        $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-lite\r\na=group:BUNDLE 0 1\r\n"
        + $"m=audio 7882 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:{ufrag}\r\na=ice-pwd:serverpasswordserverpass\r\n"
        + "a=candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host\r\na=end-of-candidates\r\n"
        + $"m=video 7882 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=ice-ufrag:{ufrag}\r\na=ice-pwd:serverpasswordserverpass\r\n";

    public Task<OpenTransportReply> OpenTransportAsync(OpenTransportRequest request, CancellationToken cancellationToken)
    {
        if (Failure is not null) throw Failure;
        Opened.Enqueue(request);
        OnOpen?.Invoke(request);
        return Task.FromResult(new OpenTransportReply { NodeId = "n1", AnswerSdp = Answer("srv0") });
    }

    public Task<UpdateTransportReply> UpdateTransportAsync(UpdateTransportRequest request, CancellationToken cancellationToken)
    {
        if (Failure is not null) throw Failure;
        Updated.Enqueue(request);
        return Task.FromResult(new UpdateTransportReply { AnswerSdp = Answer($"srv{Interlocked.Increment(ref _restarts)}") });
    }

    public async Task<CloseTransportReply> CloseTransportAsync(CloseTransportRequest request, CancellationToken cancellationToken)
    {
        CloseTries.Release();
        await UntilCloses.WaitAsync(cancellationToken);
        if (Hiccups.TryDequeue(out var hiccup)) throw hiccup;
        if (Failure is not null) throw Failure;
        Closed.Enqueue(request);
        Closes.Release();
        return new CloseTransportReply();
    }

    public async IAsyncEnumerable<RoomEvent> WatchRoomAsync(
        WatchRoomRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Continuations run inside Report, so that an event has been handled when Report returns.
        var channel = Channel.CreateUnbounded<RoomEvent>(new UnboundedChannelOptions { AllowSynchronousContinuations = true });
        var ended = new TaskCompletionSource();
        _watches[request.RoomId] = (channel, ended.Task);
        try
        {
            await foreach (var roomEvent in channel.Reader.ReadAllAsync(cancellationToken)) yield return roomEvent;
        }
        finally
        {
            _watches.TryRemove(request.RoomId, out _);
            ended.SetResult();
        }
    }

    /// <summary>Tells whoever watches the room of the opened transport about its state, and returns when it is handled.</summary>
    public void Report(OpenTransportRequest transport, TransportState state) =>
        _watches[transport.RoomId].Events.Writer.TryWrite(new RoomEvent
        {
            RoomId = transport.RoomId,
            TransportChanged = new TransportChanged { TransportId = transport.TransportId, State = state, Reason = "test" },
        });

    public Task<OpenSubscriberReply> OpenSubscriberAsync(OpenSubscriberRequest request, CancellationToken cancellationToken)
    {
        if (Failure is not null) throw Failure;
        Subscribers.Enqueue(request);
        return Task.FromResult(new OpenSubscriberReply { NodeId = "n1" });
    }

    public Task<MakeOfferReply> MakeOfferAsync(MakeOfferRequest request, CancellationToken cancellationToken)
    {
        if (Failure is not null) throw Failure;
        Offers.Enqueue(request);
        return Task.FromResult(new MakeOfferReply { OfferSdp = NextOffer?.Invoke(request) ?? "" });
    }

    public Task<TakeAnswerReply> TakeAnswerAsync(TakeAnswerRequest request, CancellationToken cancellationToken)
    {
        if ((AnswerFailure ?? Failure) is { } failure) throw failure;
        Answers.Enqueue(request);
        return Task.FromResult(new TakeAnswerReply());
    }

    public Task<ChangePolicyReply> ChangePolicyAsync(ChangePolicyRequest request, CancellationToken cancellationToken)
    {
        if (Hiccups.TryDequeue(out var hiccup)) throw hiccup;
        if (Failure is not null) throw Failure;
        Policies.Enqueue(request);
        PolicyChanges.Release();
        return Task.FromResult(new ChangePolicyReply());
    }

    /// <summary>Breaks the connection of whoever watches the room.</summary>
    public void Break(string roomId) => _watches[roomId].Events.Writer.Complete(new ControlException(ControlError.Unavailable, "broken"));

    /// <summary>Breaks the connection of whoever watches the room, and waits for the next one.</summary>
    public async Task BreakAsync(string roomId)
    {
        var (before, _) = _watches[roomId];
        Break(roomId);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!_watches.TryGetValue(roomId, out var now) || now.Events == before) await Task.Delay(1, limit.Token);
    }

    /// <summary>Tells whoever watches the room, and returns when it is handled.</summary>
    public void Report(RoomEvent roomEvent) => _watches[roomEvent.RoomId].Events.Writer.TryWrite(roomEvent);

    public Task<RequestKeyFrameReply> RequestKeyFrameAsync(RequestKeyFrameRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<StartExportReply> StartExportAsync(StartExportRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<StopExportReply> StopExportAsync(StopExportRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<NodeStats> GetNodeStatsAsync(GetNodeStatsRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
