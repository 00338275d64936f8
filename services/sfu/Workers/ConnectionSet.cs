using LiveStream.Sfu.Interop;
using LiveStream.Sfu.Tcp;

namespace LiveStream.Sfu.Workers;

/// <summary>The TCP connections of one worker: accepted ones (ICE-TCP) and adopted ones (exports). Bounded in number; worker thread only.</summary>
internal sealed class ConnectionSet : IDisposable
{
    private const int MaximumConnections = 4096, MaximumFrame = 2048;
    private const int ClientSendBytes = 256 << 10;
    private const uint FirstNumber = 16;

    // An ICE-TCP client proves itself at once; a silent stranger is not kept.
    private const long UntrustedMicroseconds = 10_000_000;

    private readonly Poller _poller;
    private readonly TcpListenerSocket _listener;
    private readonly Dictionary<uint, FramedConnection> _connections = [];
    private readonly List<FramedConnection> _closing = [];
    private uint _nextNumber = FirstNumber;

    public ConnectionSet(Poller poller, TcpListenerSocket listener, ulong listenerToken)
    {
        _poller = poller;
        _listener = listener;
        _poller.Add(listener.Fd, listenerToken, writable: false);
    }

    /// <summary>No connection is open; the listener may have one to accept.</summary>
    public bool IsEmpty => _connections.Count == 0;

    /// <summary>Handles one event of the poller.</summary>
    public void OnEvent(ulong token, uint flags, long nowMicroseconds, MediaWorker worker, FramedConnection.FrameHandler<MediaWorker> onFrame, Action<MediaWorker, FramedConnection> onClosed)
    {
        if (token < FirstNumber)
        {
            Accept(nowMicroseconds);
            return;
        }

        if (!_connections.TryGetValue((uint)token, out var connection)) return;
        var alive = (flags & (LinuxSockets.EpollError | LinuxSockets.EpollHangUp)) == 0;
        if (alive && (flags & LinuxSockets.EpollIn) != 0) alive = connection.Receive(worker, MaximumFrame, onFrame);
        if (alive && (flags & LinuxSockets.EpollOut) != 0) alive = TryFlush(connection);
        if (!alive) Remove(connection, worker, onClosed);
    }

    /// <summary>Takes over a connected, non-blocking socket.</summary>
    public FramedConnection Adopt(int fd, int sendCapacity, long holdMicroseconds, long nowMicroseconds)
    {
        var connection = new FramedConnection(fd, _nextNumber++, sendCapacity) { OpenedAt = nowMicroseconds, Trusted = true, HoldMicroseconds = holdMicroseconds };
        Watch(connection);
        return connection;
    }

    /// <summary>Writes what waits on all connections, and has waited for as long as it may.</summary>
    public void Flush(long nowMicroseconds, MediaWorker worker, Action<MediaWorker, FramedConnection> onClosed)
    {
        if (_connections.Count == 0) return;
        foreach (var connection in _connections.Values)
        {
            if (!connection.IsDue(nowMicroseconds)) continue;
            connection.FlushedAt = nowMicroseconds;
            if (!TryFlush(connection)) _closing.Add(connection);
        }

        RemoveClosing(worker, onClosed);
    }

    /// <summary>Closes connections that never proved themselves, and those that nothing uses any more.</summary>
    public void CloseIdle(long nowMicroseconds, MediaWorker worker, Action<MediaWorker, FramedConnection> onClosed)
    {
        if (_connections.Count == 0) return;
        foreach (var connection in _connections.Values)
            if (connection.IsAbandoned || (!connection.Trusted && nowMicroseconds - connection.OpenedAt > UntrustedMicroseconds)) _closing.Add(connection);
        RemoveClosing(worker, onClosed);
    }

    /// <summary>Closes one connection without telling anyone.</summary>
    public void Close(FramedConnection connection)
    {
        _connections.Remove(connection.Number);
        connection.Dispose();
    }

    public void Dispose()
    {
        foreach (var connection in _connections.Values) connection.Dispose();
        _connections.Clear();
        _listener.Dispose();
    }

    private void Accept(long nowMicroseconds)
    {
        while (_listener.TryAccept(out var fd, out var remote))
        {
            if (_connections.Count >= MaximumConnections)
            {
                _ = LinuxSockets.Close(fd);
                continue;
            }

            Watch(new FramedConnection(fd, _nextNumber++, ClientSendBytes) { OpenedAt = nowMicroseconds, Remote = remote });
        }
    }

    private void Watch(FramedConnection connection)
    {
        if (_nextNumber < FirstNumber) _nextNumber = FirstNumber;
        _connections[connection.Number] = connection;
        _poller.Add(connection.Fd, connection.Number, writable: false);
    }

    private bool TryFlush(FramedConnection connection)
    {
        var waited = connection.IsWaitingToWrite;
        if (!connection.Flush()) return false;
        connection.IsWaitingToWrite = connection.WantsToWrite;
        if (waited != connection.IsWaitingToWrite) _poller.Modify(connection.Fd, connection.Number, connection.IsWaitingToWrite);
        return true;
    }

    private void RemoveClosing(MediaWorker worker, Action<MediaWorker, FramedConnection> onClosed)
    {
        foreach (var connection in _closing) Remove(connection, worker, onClosed);
        _closing.Clear();
    }

    private void Remove(FramedConnection connection, MediaWorker worker, Action<MediaWorker, FramedConnection> onClosed)
    {
        if (!_connections.Remove(connection.Number)) return;
        onClosed(worker, connection);
        connection.Dispose();
    }
}
