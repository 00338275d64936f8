using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using static LiveStream.Sfu.Interop.LinuxSockets;

namespace LiveStream.Benchmarks.Load;

/// <summary>A client that a <see cref="LoadThread"/> drives.</summary>
internal interface ILoadClient
{
    /// <summary>The socket.</summary>
    LoadSocket Socket { get; }

    /// <summary>When <see cref="Advance"/> wants to be called; read after each call into the client.</summary>
    TimeSpan NextDue { get; }

    /// <summary>A datagram came in; it may be changed in place.</summary>
    void Receive(Span<byte> datagram, TimeSpan arrival);

    /// <summary>Time has passed.</summary>
    void Advance(TimeSpan now);
}

/// <summary>When a <see cref="LoadThread"/> runs.</summary>
internal enum LoadPace
{
    /// <summary>At each client's due time to the microsecond, and when something arrives: one publisher.</summary>
    Precise,

    /// <summary>
    /// Every few milliseconds, when it reads all sockets. Nobody sleeps on them, so that whoever sends does not pay for
    /// waking this process, as it does not pay for waking viewers behind a network.
    /// </summary>
    Timed,

    /// <summary>When something arrives: the kernel wakes this thread within the sender's call. Due times as with <see cref="Timed"/>.</summary>
    Woken,
}

/// <summary>
/// One thread that reads and times many clients. Everything that touches a client runs on it, by <see cref="RunAsync"/>
/// from outside.
/// </summary>
internal sealed unsafe class LoadThread : IDisposable
{
    private const int MaxEvents = 64;
    private static readonly TimeSpan CoarseTick = TimeSpan.FromMilliseconds(10);

    private readonly List<ILoadClient> _clients = [];
    private readonly ConcurrentQueue<Action> _actions = new();
    private readonly ReceiveBatch _batch = new();
    private readonly Thread _thread;
    private readonly LoadPace _pace;
    private readonly int _epoll, _wake;
    private volatile bool _stopping;

    public LoadThread(string name, LoadPace pace)
    {
        _pace = pace;
        _epoll = EpollCreate(SockCloseOnExec);
        _wake = EventFd(0, SockNonBlock | SockCloseOnExec);
        if (_epoll < 0 || _wake < 0) throw new InvalidOperationException($"epoll: errno {Marshal.GetLastPInvokeError()}");
        Watch(_wake, ulong.MaxValue);
        _thread = new Thread(Loop) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Runs on the thread, between batches.</summary>
    public Task RunAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _actions.Enqueue(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        Wake();
        return done.Task;
    }

    /// <summary>Starts driving a client; <paramref name="start"/> is its first call.</summary>
    public Task AddAsync(ILoadClient client, Action<TimeSpan> start) => RunAsync(() =>
    {
        _clients.Add(client);
        if (_pace != LoadPace.Timed) Watch(client.Socket.FileDescriptor, (ulong)_clients.Count - 1);
        start(LoadNative.Now);
    });

    public void Dispose()
    {
        _stopping = true;
        Wake();
        _thread.Join();
        _ = Close(_epoll);
        _ = Close(_wake);
    }

    private void Loop()
    {
        var precise = _pace == LoadPace.Precise;
        if (precise) LoadNative.SetPreciseTimers();
        var events = stackalloc EpollEventPacked[MaxEvents];
        var nextTick = LoadNative.Now;
        while (!_stopping)
        {
            var now = LoadNative.Now;
            var wait = (precise ? EarliestDue() : nextTick) - now;
            if (wait > CoarseTick) wait = CoarseTick;
            var count = LoadNative.EpollWait(_epoll, events, MaxEvents, wait < TimeSpan.Zero ? TimeSpan.Zero : wait);
            for (var i = 0; i < count; i++)
            {
                if (events[i].Data == ulong.MaxValue) DrainWake();
                else ReadClient(_clients[(int)events[i].Data]);
            }
            while (_actions.TryDequeue(out var action)) action();
            now = LoadNative.Now;
            if (!precise && now < nextTick) continue;
            nextTick = now + CoarseTick;
            foreach (var client in _clients)
            {
                if (_pace == LoadPace.Timed)
                    while (ReadClient(client)) { }
                if (client.NextDue <= now) client.Advance(now);
            }
        }
    }

    // Level-triggered: what one batch leaves comes with the next wait, after the other sockets had their turn. True where more may wait.
    private bool ReadClient(ILoadClient client)
    {
        var count = client.Socket.Receive(_batch);
        var now = LoadNative.Now;
        for (var i = 0; i < count; i++)
        {
            var arrival = _batch.Arrival(i, now);
            var message = _batch.Message(i, out var segment);
            for (var offset = 0; offset < message.Length; offset += segment)
                client.Receive(message.Slice(offset, Math.Min(segment, message.Length - offset)), arrival);
        }
        return count == ReceiveBatch.Size;
    }

    private TimeSpan EarliestDue()
    {
        var due = TimeSpan.MaxValue;
        foreach (var client in _clients)
        {
            if (client.NextDue < due) due = client.NextDue;
        }
        return due;
    }

    private void Watch(int fd, ulong data)
    {
        // The kernel packs epoll_event on x86-64 and aligns it elsewhere.
        var change = stackalloc byte[16];
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
            *(EpollEventPacked*)change = new EpollEventPacked { Events = EpollIn, Data = data };
        else
            throw new PlatformNotSupportedException("The load generator runs on Linux x86-64.");
        if (EpollControl(_epoll, EpollCtlAdd, fd, change) != 0)
            throw new InvalidOperationException($"epoll_ctl: errno {Marshal.GetLastPInvokeError()}");
    }

    private void Wake()
    {
        var one = 1ul;
        _ = Write(_wake, &one, sizeof(ulong));
    }

    private void DrainWake()
    {
        ulong value;
        _ = Read(_wake, &value, sizeof(ulong));
    }
}
