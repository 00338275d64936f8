using System.Diagnostics;
using LiveStream.Sfu.Workers;

namespace LiveStream.Benchmarks.Rooms;

/// <summary>
/// Many <see cref="SocketClient"/>s on one thread and one epoll. Each pings every three seconds, as clients do. Work enters by
/// <see cref="Post"/>, or by a plan of due times, which is kept whatever the server does.
/// </summary>
internal sealed class SocketCrowd : IDisposable
{
    private static readonly TimeSpan s_pingEvery = TimeSpan.FromSeconds(3);

    private readonly Poller _poller = new();
    private readonly List<SocketClient> _clients = [];
    private readonly Queue<SocketClient> _pings = new();
    private readonly PriorityQueue<Action, TimeSpan> _plan = new();
    private readonly System.Collections.Concurrent.ConcurrentQueue<Action> _posted = new();
    private readonly byte[] _buffer = new byte[256 << 10];
    private readonly Thread _thread;
    private volatile bool _stopping;

    public SocketCrowd()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "crowd" };
        _thread.Start();
    }

    /// <summary>The clock of plans and delays.</summary>
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>Clients whose connection was closed by the server, or broke.</summary>
    public int Dropped { get; private set; }

    /// <summary>Plans that this thread itself came to more than 20 ms late.</summary>
    public int LateStarts { get; private set; }

    /// <summary>The clients, in the order of <see cref="Add"/>; on the thread only.</summary>
    public IReadOnlyList<SocketClient> Clients => _clients;

    /// <summary>Runs on the thread.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        _poller.Wake();
    }

    /// <summary>Runs on the thread, and tells when it has.</summary>
    public Task<T> AskAsync<T>(Func<T> read)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => done.SetResult(read()));
        return done.Task;
    }

    /// <summary>Runs at a time; on the thread only.</summary>
    public void Plan(TimeSpan due, Action action) => _plan.Enqueue(action, due);

    /// <summary>Begins to drive a client; on the thread only.</summary>
    public void Add(SocketClient client)
    {
        client.PingAt = Now + s_pingEvery;
        _clients.Add(client);
        _pings.Enqueue(client);
        _poller.Add(client.Fd, (ulong)_clients.Count - 1, writable: false);
    }

    /// <summary>Waits until the condition, which is asked on the thread, holds; false at the time limit.</summary>
    public async Task<bool> WaitAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        for (var end = Now + limit; Now < end; await Task.Delay(20, cancellationToken))
            if (await AskAsync(condition)) return true;
        return false;
    }

    public void Dispose()
    {
        _stopping = true;
        _poller.Wake();
        _thread.Join();
        foreach (var client in _clients) client.Dispose();
        _poller.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            var wait = _plan.TryPeek(out _, out var due) ? Math.Clamp((due - Now).TotalMilliseconds, 0, 10) : 10;
            var events = _poller.Wait((int)Math.Ceiling(wait));
            for (var i = 0; i < events; i++)
            {
                var (token, _) = _poller.Event(i);
                if (token >= (ulong)_clients.Count || _clients[(int)token] is not { IsClosed: false } client) continue;
                client.Receive(_buffer);
                if (!client.IsClosed) continue;
                Dropped++;
                client.Dispose();
            }

            while (_posted.TryDequeue(out var action)) action();
            for (var now = Now; _plan.TryPeek(out var planned, out due) && due <= now;)
            {
                _plan.Dequeue();
                if (now - due > TimeSpan.FromMilliseconds(20)) LateStarts++;
                planned();
            }

            Ping();
        }
    }

    // First in, first due, as each pings as long after its coming as after its last ping.
    private void Ping()
    {
        var now = Now;
        while (_pings.TryPeek(out var client))
        {
            if (!client.IsClosed && client.PingAt > now) return;
            _pings.Dequeue();
            if (client.IsClosed) continue;
            client.PingAt = now + s_pingEvery;
            client.Send("""{"method":"ping","params":{"timestamp":1},"id":"p","jsonrpc":"2.0"}"""u8);
            _pings.Enqueue(client);
        }
    }
}
