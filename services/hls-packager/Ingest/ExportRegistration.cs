using System.Net.Sockets;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>
/// A receiver of one export and the connections that feed it; until disposed, connections that name the export are its. Safe for concurrent use.
/// </summary>
internal sealed class ExportRegistration(IExportSink sink, Action<ExportRegistration> remove) : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<Socket> connections = [];

    public IExportSink Sink => sink;

    /// <summary>A connection said hello.</summary>
    public void Add(Socket connection)
    {
        lock (gate) connections.Add(connection);
        sink.OnConnected();
    }

    /// <summary>A connection ended.</summary>
    public void Remove(Socket connection, string reason)
    {
        lock (gate) connections.Remove(connection);
        sink.OnClosed(reason);
    }

    /// <summary>Ends the connections of now, whatever their other side does; the receiver is told of each. Further ones may come.</summary>
    public void CloseConnections()
    {
        Socket[] open;
        lock (gate) open = [.. connections];
        foreach (var connection in open) connection.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => remove(this);
}
