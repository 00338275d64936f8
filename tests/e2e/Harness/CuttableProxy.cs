using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// A network between tabs and the product's HTTP port that can be cut: what is open goes silent, as when a cable is pulled,
/// and nothing new gets through. Healed, old connections are gone and new ones work. Media does not pass it.
/// </summary>
public sealed class CuttableProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly int _target;
    private volatile TaskCompletionSource? _cut;

    public CuttableProxy(Uri target)
    {
        _target = target.Port;
        _listener.Start();
        Address = new Uri($"http://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    public void Cut() => _cut ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Heal()
    {
        var cut = _cut;
        _cut = null;
        CloseAll();
        cut?.TrySetResult();
    }

    public void Dispose()
    {
        _listener.Stop();
        CloseAll();
        _cut?.TrySetResult();
    }

    private void CloseAll()
    {
        foreach (var socket in _open.Keys) socket.Close(0);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try { client = await _listener.AcceptSocketAsync(); }
            catch (Exception e) when (e is SocketException or ObjectDisposedException) { return; }
            if (_cut is null) _ = ForwardAsync(client);
            else client.Close(0);
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        _open.TryAdd(client, 0);
        _open.TryAdd(server, 0);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAll(PumpAsync(client, server), PumpAsync(server, client));
        }
        catch (SocketException) { /* the product is gone */ }
        catch (ObjectDisposedException) { /* healed or disposed */ }
        finally
        {
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
            client.Dispose();
            server.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int length;
            while ((length = await from.ReceiveAsync(buffer)) > 0)
            {
                if (_cut is { } cut) await cut.Task;
                await to.SendAsync(buffer.AsMemory(0, length));
            }

            // The end of a connection does not get through a cut either.
            if (_cut is { } still) await still.Task;
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { to.Close(0); }
    }
}
