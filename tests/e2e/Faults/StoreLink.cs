using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LiveStream.E2E.Tests.Faults;

/// <summary>What becomes of requests to the object store.</summary>
internal enum StoreFault
{
    None,
    /// <summary>Nobody listens.</summary>
    Down,
    /// <summary>Each piece takes its time.</summary>
    Slow,
    /// <summary>The store answers that it has no room (507).</summary>
    Full,
}

/// <summary>The network in front of a real object store, on which requests can be refused, delayed or answered by a full disk.</summary>
internal sealed class StoreLink : IDisposable
{
    private static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(400);
    private static readonly byte[] s_full = Encoding.ASCII.GetBytes("HTTP/1.1 507 Insufficient Storage\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _open = [];
    private readonly int _target;
    private volatile StoreFault _fault;

    public StoreLink(Uri target)
    {
        _target = target.Port;
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _ = AcceptAsync();
    }

    public string Address { get; }

    /// <summary>From now on; connections end, so that none keeps what was before.</summary>
    public void Set(StoreFault fault)
    {
        _fault = fault;
        CloseAll();
    }

    public void Dispose()
    {
        _listener.Dispose();
        CloseAll();
    }

    private void CloseAll()
    {
        Socket[] open;
        lock (_gate) open = [.. _open];
        foreach (var socket in open) socket.Close(0);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try { client = await _listener.AcceptSocketAsync(); }
            catch (Exception e) when (e is SocketException or ObjectDisposedException) { return; }
            _ = ServeAsync(client, _fault);
        }
    }

    private async Task ServeAsync(Socket client, StoreFault fault)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        lock (_gate) _open.UnionWith([client, server]);
        try
        {
            if (fault == StoreFault.Full)
            {
                await client.ReceiveAsync(new byte[16 * 1024]);
                await client.SendAsync(s_full);
            }
            else if (fault != StoreFault.Down)
            {
                await server.ConnectAsync(IPAddress.Loopback, _target);
                await Task.WhenAll(PumpAsync(client, server, fault), PumpAsync(server, client, fault));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { /* cut, or the store is gone */ }
        finally
        {
            lock (_gate) _open.ExceptWith([client, server]);
            client.Close(0);
        }
    }

    private static async Task PumpAsync(Socket from, Socket to, StoreFault fault)
    {
        var buffer = new byte[64 * 1024];
        int length;
        while ((length = await from.ReceiveAsync(buffer)) > 0)
        {
            if (fault == StoreFault.Slow) await Task.Delay(s_delay);
            await to.SendAsync(buffer.AsMemory(0, length));
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
