using System.Collections.Concurrent;
using System.Net;
using LiveStream.Contracts;
using LiveStream.Sfu.Channels;
using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Srtp;
using LiveStream.Sfu.Tcp;
using LiveStream.Sfu.Transports;
using LiveStream.Sfu.Udp;
using Microsoft.Extensions.Logging;

namespace LiveStream.Sfu.Workers;

/// <summary>
/// A media thread: owns a UDP socket and a TCP listener on one port, the transports of its rooms, and all their state.
/// Other threads reach it by <see cref="InvokeAsync{T}"/> only. The turn: poll, commands, receive, forward, timers, send.
/// </summary>
internal sealed class MediaWorker : IDtlsListener, IDisposable
{
    private const ulong UdpToken = 0, ListenerToken = 1;
    private const long EarlyTickMicroseconds = 2_000;
    private const long UnpolledMicroseconds = 10_000;
    private const int BusyTickMilliseconds = 10, IdleTickMilliseconds = 100, ReceiveRounds = 8, MaximumCommands = 20_000;

    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly Poller _poller = new();
    private readonly UdpSocket _udp;
    private readonly SendArena _arena;
    private readonly ReceiveBatch _batch = new();
    private readonly DtlsWorker _dtls;
    private readonly ChannelRequests _requests;
    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly ConnectionSet _connections;
    private readonly PacketPath _path;
    private readonly WorkerTimers _timers;
    private readonly TurnPace _pace = new();
    private long _nextTick;
    private long _polledAt;
    private long _forwardDue = long.MaxValue;
    private volatile bool _stopping;
    private volatile bool _ended;

    public MediaWorker(int index, IPAddress address, int port, DtlsIdentity identity, IRoomObserver observer, SfuOptions options, ILogger logger)
    {
        _logger = logger;
        Index = index;
        (_udp, var listener) = MediaSockets.Bind(address, port);
        _arena = new SendArena(_udp.Fd);
        _dtls = new DtlsWorker(identity, this);
        var batch = new ForwardBatch();
        _path = new PacketPath(Transports, _dtls, _arena, batch, Counters);
        _connections = new ConnectionSet(_poller, listener, ListenerToken);
        _requests = new ChannelRequests(Transports, _dtls, new TrackPreferences(), Post);
        Rooms = new WorkerRooms(Transports, _dtls, _arena, batch, observer, logger);
        _timers = new WorkerTimers(Transports, Rooms, Counters, options);
        _poller.Add(_udp.Fd, UdpToken, writable: false);
        _thread = new Thread(Run) { Name = "media-" + index, IsBackground = true, Priority = ThreadPriority.AboveNormal };
    }

    public int Index { get; }

    /// <summary>Bound port, of UDP and TCP.</summary>
    public int Port => _udp.Port;

    public PacketCounters Counters { get; } = new();

    public TransportTable Transports { get; } = new();

    public WorkerRooms Rooms { get; }

    public long DatagramsSent => _arena.DatagramsSent;

    public long DatagramsDropped => _arena.DatagramsDropped;

    public long MessagesSent => _arena.MessagesSent;

    public long SendCalls => _arena.SystemCalls;

    public void Start() => _thread.Start();

    /// <summary>Runs a function on the worker's thread.</summary>
    public Task<T> InvokeAsync<T>(Func<T> function)
    {
        if (_commands.Count > MaximumCommands) throw new ControlException(ControlError.ResourceExhausted, "The media worker is overloaded.");
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                // Nothing may begin that nobody ends.
                if (_ended) throw Stopped();
                completion.TrySetResult(function());
            }
            catch (Exception exception)
            {
                // The caller's mistake is the caller's to see; the thread goes on.
                completion.TrySetException(exception);
            }
        });
        // The thread drains once more after it said so: the command has been refused, or is told here that it will not run.
        if (_ended) completion.TrySetException(Stopped());
        return completion.Task;
    }

    /// <summary>Queues an action for the worker's thread.</summary>
    public void Post(Action action)
    {
        _commands.Enqueue(action);
        _poller.Wake();
    }

    /// <summary>Takes over a connected socket for an export; worker thread only.</summary>
    public FramedConnection Adopt(int fd, int sendCapacity, long holdMicroseconds) =>
        _connections.Adopt(fd, sendCapacity, holdMicroseconds, WallClock.Microseconds);

    /// <summary>Closes a connection; worker thread only.</summary>
    public void Close(FramedConnection connection) => _connections.Close(connection);

    void IDtlsListener.OnDtlsOutput(ulong key, ReadOnlySpan<byte> datagram)
    {
        var copy = datagram.ToArray();
        Post(() =>
        {
            if (!Transports.TryGetByKey(key, out var transport)) Rooms.Farewells.Send(key, copy);
            else if (transport.Ice.HasSelected) transport.SendPlain(copy, transport.Ice.Selected);
        });
    }

    void IDtlsListener.OnDtlsConnected(ulong key, SrtpKeyingMaterial keys) => Post(() => Rooms.Connected(key, keys));

    void IDtlsListener.OnDtlsClosed(ulong key, string reason) => Post(() => Rooms.CloseByKey(key, reason));

    void IDtlsListener.OnDataChannelText(ulong key, string label, ReadOnlySpan<byte> text) => _requests.OnText(key, label, text);

    public void Dispose()
    {
        _stopping = true;
        _poller.Wake();
        if (_thread.IsAlive) _thread.Join();
        _dtls.Dispose();
        _connections.Dispose();
        _arena.Dispose();
        _batch.Dispose();
        _udp.Dispose();
        _poller.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            try
            {
                Turn();
            }
#pragma warning disable CA1031 // The outermost guard of the thread: one room's fault must not end all others.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _logger.WorkerFault(exception, Index);
            }
        }

        Rooms.CloseAll("The server is shutting down.");
        // The associations say goodbye, and what they write comes by the commands.
        _dtls.Dispose();
        _ended = true;
        while (_commands.TryDequeue(out var command)) command();
        _arena.Flush();
        _connections.Flush(WallClock.Microseconds, this, OnConnectionClosed);
    }

    private static ControlException Stopped() => new(ControlError.Unavailable, "The SFU is shutting down.");

    private void Turn()
    {
        var now = WallClock.Microseconds;
        var pause = _pace.PauseAt(now);
        if (pause > 0)
        {
            Poller.Pause(pause);
            now = WallClock.Microseconds;
        }

        // After a sleep there is something on the UDP socket more often than not: asking first would be one call more.
        var polls = pause == 0 || !_connections.IsEmpty || now - _polledAt > UnpolledMicroseconds;
        var events = polls ? Poll(pause, now) : 0;
        if (polls) now = _polledAt;
        _path.BeginTurn(now);
        var receivedBefore = Counters.Received;
        while (_commands.TryDequeue(out var command)) command();
        if (!polls) ReceiveDatagrams();
        for (var i = 0; i < events; i++)
        {
            var (token, flags) = _poller.Event(i);
            if (token == UdpToken) ReceiveDatagrams();
            else if (token != ulong.MaxValue) _connections.OnEvent(token, flags, now, this, OnFrame, OnConnectionClosed);
        }

        // A little early where the worker is awake anyway.
        if (now >= _nextTick - (pause > 0 ? EarlyTickMicroseconds : 0))
        {
            _timers.Tick(now);
            _connections.CloseIdle(now, this, OnConnectionClosed);
            Counters.AllocatedBytes = GC.GetAllocatedBytesForCurrentThread();
            _nextTick = now + (1000 * (Transports.Count > 0 ? BusyTickMilliseconds : IdleTickMilliseconds));
        }

        _forwardDue = _path.EndTurn(now);
        _pace.AfterTurn(now, _forwardDue, _path.HoldsFrame, Counters.Received != receivedBefore, Transports.Count);
        _connections.Flush(now, this, OnConnectionClosed);
    }

    private int Poll(long pause, long now)
    {
        var wait = (int)Math.Clamp((Math.Min(_nextTick, _forwardDue) - now + 999) / 1000, 0, IdleTickMilliseconds);
        // What is held has been slept for: this is a look only.
        if (pause > 0 && _forwardDue != long.MaxValue) wait = 0;
        var events = _poller.Wait(wait);
        _polledAt = WallClock.Microseconds;
        return events;
    }

    private void ReceiveDatagrams()
    {
        // Bounded, so that a flood on the socket does not starve timers and commands.
        for (var round = 0; round < ReceiveRounds; round++)
        {
            var count = _batch.Receive(_udp.Fd);
            for (var i = 0; i < count; i++)
            {
                var from = _batch.Sender(i);
                var message = _batch.Message(i, out var segment, out var arrivedAt);
                for (var offset = 0; offset < message.Length; offset += segment)
                    _path.Inbound(message.Slice(offset, Math.Min(segment, message.Length - offset)), from, null, arrivedAt);
            }

            if (count < ReceiveBatch.Capacity) return;
        }
    }

    private static void OnFrame(MediaWorker worker, FramedConnection connection, Span<byte> frame) =>
        worker._path.Inbound(frame, connection.Path, connection, worker._path.Now);

    private static void OnConnectionClosed(MediaWorker worker, FramedConnection connection) => worker.Rooms.OnConnectionClosed(connection);
}
