using System.Net;
using System.Net.Sockets;

namespace LiveStream.Rpc.Tests.Calls;

/// <summary>Carries connections to an address until it is frozen: then nothing arrives any more, and nobody is told.</summary>
internal sealed class FrozenWire : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _open = [];
    private volatile bool _frozen;
    private Task _accepting = Task.CompletedTask;

    public Uri Address => new($"http://{_listener.LocalEndPoint}");

    public static Task<FrozenWire> StartAsync(Uri target)
    {
        var wire = new FrozenWire();
        wire._listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        wire._listener.Listen();
        wire._accepting = wire.AcceptAsync(target);
        return Task.FromResult(wire);
    }

    public void Freeze() => _frozen = true;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        lock (_open) _open.ForEach(socket => socket.Dispose());
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync(Uri target)
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptAsync(_stop.Token);
                var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                lock (_open) _open.AddRange([near, far]);
                await far.ConnectAsync(target.Host, target.Port, _stop.Token);
                _ = CarryAsync(near, far);
                _ = CarryAsync(far, near);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                if (!_frozen) await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
