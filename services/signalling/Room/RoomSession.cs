using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Threading.Channels;

using LiveStream.Contracts;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Room;

/// <summary>
/// One room at work: a bounded queue of facts, one loop that feeds them to the state machine and does what it says. Who
/// brings a fact waits while the queue is full; nobody waits for a client to read.
/// </summary>
internal sealed class RoomSession
{
    private const int QueueLength = 4096;

    private static readonly TimeSpan s_watchRetry = TimeSpan.FromSeconds(1);

    private readonly Channel<RoomFact> _facts = Channel.CreateBounded<RoomFact>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly ConcurrentDictionary<long, PeerSocket> _sockets = new();
    private readonly RoomKey _key;
    private readonly RoomTable _table;
    private readonly RoomServices _services;
    private readonly RoomState _state;
    private readonly RoomCommands _commands;
    private readonly SessionJournal _journal;
    private readonly FanOut _fanOut = new();
    private volatile bool _abandoned;

    public RoomSession(RoomKey key, RoomPolicy policy, RoomTable table, RoomServices services)
    {
        (_key, _table, _services) = (key, table, services);
        _state = new RoomState(new RoomRules(policy), services.Limits, services.NewId, services.NewSessionId, services.Previews);
        _journal = new SessionJournal(key, services.Rooms, services.LeaseId, services.ControlTimeout, services.Time, services.Logger);
        _commands = new RoomCommands(
            key, services.Rooms, services.Media, services.Sessions, services.ControlTimeout, services.Time, services.Logger, fact => PostAsync(fact));
    }

    public RoomKey Key => _key;

    /// <summary>Sockets that are coming, here or going; kept by <see cref="RoomTable"/> under its lock.</summary>
    internal int Users { get; set; }

    /// <summary>Done once nobody is in the room any more and the record knows everything.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Begins to work, and to listen to the room's streams and media.</summary>
    /// <param name="left">Who was in it when another process had it.</param>
    public void Start(OpenSession left)
    {
        if (left.Peers.Count > 0)
        {
            _services.Logger.RoomTakenOver(_key.RoomId, left.Peers.Count, left.SessionId);
            TryPost(new PeopleLeft(left.Peers));
        }

        Ended = RunAsync();
    }

    /// <summary>Queues a fact; waits while the queue is full. A room that has ended takes nothing.</summary>
    public async ValueTask PostAsync(RoomFact fact)
    {
        if (_facts.Writer.TryWrite(fact)) return;
        try
        {
            await _facts.Writer.WriteAsync(fact);
        }
        catch (ChannelClosedException)
        {
            // Nobody is in the room.
        }
    }

    /// <summary>Queues a fact that may be lost; false when the queue is full.</summary>
    public bool TryPost(RoomFact fact) => _facts.Writer.TryWrite(fact);

    /// <summary>A socket belongs to the room now.</summary>
    public ValueTask OpenAsync(PeerSocket socket, PeerIdentity identity)
    {
        _sockets[socket.Id] = socket;
        // One that came while the others were sent away.
        if (_abandoned) socket.Close(WebSocketCloseStatus.EndpointUnavailable, "the room is elsewhere");
        return PostAsync(new SocketOpened(socket.Id, identity));
    }

    /// <summary>It does no longer.</summary>
    public ValueTask CloseAsync(PeerSocket socket, SocketEnd end)
    {
        _sockets.TryRemove(socket.Id, out _);
        return PostAsync(new SocketClosed(socket.Id, end == SocketEnd.Deliberate));
    }

    /// <summary>Ends every socket, for the process ends. Clients come back to whoever serves them then.</summary>
    public void CloseSockets(string reason)
    {
        foreach (var socket in _sockets.Values) socket.Close(WebSocketCloseStatus.EndpointUnavailable, reason);
    }

    /// <summary>Tells the record what it does not know yet, and nothing from then on: the process ends.</summary>
    public async Task DrainAsync()
    {
        // Behind what its people have said.
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await PostAsync(new ServerAsked(_ => reached.TrySetResult()));
        await Task.WhenAny(reached.Task, Ended);
        await _journal.DrainAsync();
    }

    /// <summary>Ends every socket and the room, which goes on elsewhere: nothing more is told of it.</summary>
    public void Abandon(string reason)
    {
        _abandoned = true;
        _facts.Writer.TryComplete();
        CloseSockets(reason);
        _journal.Abandon();
    }

    private async Task RunAsync()
    {
        using var stop = new CancellationTokenSource();
        var watching = WatchStreamsAsync(stop.Token);
        var writing = _journal.RunAsync();
        using var media = _services.Media.OpenRoom(_key.RoomId, happened => TryPost(new MediaReported(happened)));
        await foreach (var fact in FactsAsync())
        {
            foreach (var effect in Apply(fact)) TryDo(effect);
            _fanOut.Start();

            if (fact is not ClockTicked) continue;
            _commands.Sweep();
            if (_state.IsIdle && _facts.Reader.Count == 0 && _table.TryRetire(this)) break;
        }

        _facts.Writer.TryComplete();
        await stop.CancelAsync();
        await watching;
        _journal.Complete();
        await writing;
    }

    // Until the room is abandoned.
    private async IAsyncEnumerable<RoomFact> FactsAsync()
    {
        while (!_abandoned)
        {
            if (_facts.Reader.TryRead(out var fact)) yield return fact;
            else if (!await _facts.Reader.WaitToReadAsync()) yield break;
        }
    }

    private IReadOnlyList<RoomEffect> Apply(RoomFact fact)
    {
        try
        {
            return _state.Apply(fact, _services.Time.GetUtcNow());
        }
        // The outermost guard: a fault with one message must not end the room.
        catch (Exception e)
        {
            _services.Logger.FactFailed(e, fact.GetType().Name, _key.RoomId);
            return fact is MessageReceived { Message.Id: { } id } received ? [Failed(received.Socket, id)] : [];
        }
    }

    // Each by itself: what one person is not told must not keep the others from being told.
    private void TryDo(RoomEffect effect)
    {
        try
        {
            Do(effect);
        }
        catch (Exception e)
        {
            _services.Logger.FactFailed(e, effect.GetType().Name, _key.RoomId);
            if (effect is Send([var socket], ReplyMessage reply)) Do(Failed(socket, reply.Id));
        }
    }

    private static Send Failed(long socket, RequestId id) => new([socket], new ErrorMessage(id, new(ErrorCode.Internal, "internal error")));

    private void Do(RoomEffect effect)
    {
        switch (effect)
        {
            case Send(var sockets, var message):
                // A large answer to somebody who is gone is not worth writing.
                if (!sockets.Any(_sockets.ContainsKey)) break;
                // Written once, however many receive it.
                var frame = FrameWriter.Write(message).Bytes;
                _services.Metrics.Sent(sockets.Count);
                if (message is ErrorMessage refusal) _services.Metrics.Refused(refusal.Error.Code);
                foreach (var id in sockets) _fanOut.Queue(_sockets.GetValueOrDefault(id), frame);
                break;
            case SendRun(var messages, var receivers):
                var run = FrameWriter.WriteRun(messages, out var starts);
                foreach (var (id, first) in receivers) _fanOut.Queue(_sockets.GetValueOrDefault(id), run[starts[first]..]);
                _services.Metrics.Sent(receivers.Sum(receiver => messages.Count - receiver.First));
                break;
            case CloseSocket(var id, var code, var reason):
                if (_sockets.TryGetValue(id, out var ended)) ended.Close((WebSocketCloseStatus)code, reason);
                break;
            case PeerKnown(var identity):
                _table.Know(_key, identity);
                break;
            case PeerForgotten(var identity):
                _table.Forget(identity);
                break;
            case RoomCommand command:
                _commands.Run(command);
                break;
            case RoomHappening happening:
                Log(happening);
                _journal.Add(happening);
                break;
        }
    }

    private void Log(RoomHappening happening)
    {
        var logger = _services.Logger;
        switch (happening)
        {
            case SessionBegan began: logger.SessionBegan(began.SessionId, _key.RoomId); break;
            case SessionOver over: logger.SessionOver(over.SessionId, _key.RoomId, over.At - over.BeganAt); break;
            case PeerEntered entered: logger.PeerEntered(entered.Peer.PeerId, entered.Peer.Role, _key.RoomId); break;
            case PeerGone gone: logger.PeerGone(gone.Peer.PeerId, gone.Peer.Role, _key.RoomId, gone.Cause, gone.At - gone.JoinedAt); break;
            case RoleChanged changed: logger.RoleChanged(changed.Peer.PeerId, changed.From, changed.Peer.Role, _key.RoomId); break;
        }
    }

    private async Task WatchStreamsAsync(CancellationToken stop)
    {
        var request = new WatchRoomStreamsRequest { CustomerId = _key.CustomerId, RoomId = _key.RoomId };
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var stream in _services.Rooms.WatchStreamsAsync(request, stop)) await PostAsync(new StreamReported(stream));
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (ControlException e)
            {
                _services.Logger.StreamWatchBroken(_key.RoomId, e.Error, e.Message);
            }
            // Rooms in the same process fails by what its database fails by; the room goes on without.
            catch (Exception e)
            {
                _services.Logger.StreamWatchBroken(_key.RoomId, ControlError.Internal, e.Message);
            }

            await Task.Delay(s_watchRetry, _services.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
