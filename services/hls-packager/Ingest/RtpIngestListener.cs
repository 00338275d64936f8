using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LiveStream.Wire.Framing;
using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>
/// Accepts the SFU's export connections, one listener for the whole process. Framing is RFC 4571; the first frame of a
/// connection is <c>LSEXPORT/1 export_id\n</c>, all others are RTP or RTCP. A slow receiver slows the connection down.
/// </summary>
public sealed class RtpIngestListener : IAsyncDisposable
{
    // Of streams that are just changing their connection, and of strangers before they are found out.
    private const int SpareConnections = 64;
    private const int MaxHelloLength = 256, BufferSize = 64 * 1024;
    private const string HelloPrefix = "LSEXPORT/1 ";

    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50);

    private readonly IngestOptions options;
    private readonly int maxConnections;
    private readonly ILogger<RtpIngestListener> logger;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, ExportRegistration> sinks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, byte> connections = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Lock starting = new();
    private Task accepting = Task.CompletedTask;
    private IPEndPoint? endPoint;

    /// <summary>Makes a listener; nothing is bound before <see cref="Start"/>.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="logger">Log.</param>
    /// <param name="maxStreams">Streams that run at once, each with a connection; some more are taken.</param>
    /// <param name="time">Clock; the system's where it is left out.</param>
    public RtpIngestListener(IngestOptions options, ILogger<RtpIngestListener> logger, int maxStreams, TimeProvider? time = null)
    {
        this.options = options;
        maxConnections = maxStreams + SpareConnections;
        this.logger = logger;
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>Host that exports are sent to.</summary>
    public string AdvertisedHost => options.AdvertisedHost.Length > 0 ? options.AdvertisedHost : options.ListenAddress;

    /// <summary>The bound address; starts the listener when nobody has yet.</summary>
    public IPEndPoint EndPoint
    {
        get
        {
            Start();
            return endPoint!;
        }
    }

    /// <summary>Binds and listens; further calls do nothing.</summary>
    /// <exception cref="IOException">The address or port is not to be had; the message names both.</exception>
    public void Start()
    {
        lock (starting)
        {
            if (endPoint is not null) return;
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(options.ListenAddress), options.ListenPort));
                socket.Listen();
            }
            catch (SocketException e)
            {
                throw new IOException($"Cannot listen for exports on {options.ListenAddress} port {options.ListenPort} (Packager:ListenAddress, Packager:ListenPort): {e.Message}.", e);
            }

            endPoint = (IPEndPoint)socket.LocalEndPoint!;
            accepting = AcceptAsync();
        }

        logger.Listening(endPoint);
    }

    /// <summary>Routes connections that name the export to a receiver until the result is disposed of.</summary>
    /// <exception cref="InvalidOperationException">The export already has a receiver.</exception>
    internal ExportRegistration Register(string exportId, IExportSink sink)
    {
        var registration = new ExportRegistration(sink, ended => sinks.TryRemove(KeyValuePair.Create(exportId, ended)));
        if (!sinks.TryAdd(exportId, registration)) throw new InvalidOperationException($"Export {exportId} already has a receiver.");
        return registration;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        socket.Dispose();
        await accepting.ConfigureAwait(false);
        await Task.WhenAll(connections.Keys).ConfigureAwait(false);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            Socket connection;
            try
            {
                connection = await socket.AcceptAsync(stopping.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // A connection that its peer reset before it was accepted; the listener itself goes on.
                // Without the pause a lack of file descriptors would turn this loop hot.
                logger.AcceptFailed(e.SocketErrorCode);
                await Task.Delay(AcceptPause, time, CancellationToken.None).ConfigureAwait(false);
                continue;
            }

            if (connections.Count >= maxConnections)
            {
                logger.TooManyConnections(maxConnections);
                connection.Dispose();
                continue;
            }

            // A thread of its own that blocks: by the pool a batch would take the wake-ups of three threads, which cost more than the batch.
            var serving = Task.Factory.StartNew(() => Serve(connection), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            connections.TryAdd(serving, 0);
            _ = serving.ContinueWith(done => connections.TryRemove(done, out _), CancellationToken.None,
                TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    // Asynchronous calls would make the socket's descriptor non-blocking: only blocking ones are made on it.
    private void Serve(Socket connection)
    {
        using var owned = connection;
        using var ending = stopping.Token.Register(connection.Dispose);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        ExportRegistration? export = null;
        var reason = "closed by the SFU";
        try
        {
            connection.NoDelay = true;
            KeepAlive(connection);
            (export, var filled) = ReadHello(connection, buffer);
            if (export is null) return;

            var sink = export.Sink;
            export.Add(connection);
            while (true)
            {
                // Whole packets leave with the buffer; a started one moves to the front of a fresh buffer.
                var whole = WholeFrames(buffer.AsSpan(0, filled), out var tooLong);
                if (tooLong)
                {
                    reason = "a frame is too long";
                    return;
                }

                if (whole > 0)
                {
                    var fresh = ArrayPool<byte>.Shared.Rent(BufferSize);
                    buffer.AsSpan(whole, filled - whole).CopyTo(fresh);
                    var batch = new PacketBatch(buffer, whole, time.GetTimestamp());
                    filled -= whole;
                    buffer = fresh;
                    var taken = sink.ReceiveAsync(batch, stopping.Token);
                    // A full ingest holds the thread, and by it the connection.
                    if (taken.IsCompleted) taken.GetAwaiter().GetResult();
                    else taken.AsTask().GetAwaiter().GetResult();
                }

                var received = connection.Receive(buffer.AsSpan(filled));
                if (received == 0) return;
                filled += received;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            reason = stopping.IsCancellationRequested ? "the packager stops" : (e as SocketException)?.SocketErrorCode.ToString() ?? "the packager closed it";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            export?.Remove(connection, reason);
        }
    }

    // A machine that is gone says nothing: without questions its silence would be that of a room where nobody publishes.
    private static void KeepAlive(Socket connection)
    {
        connection.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        connection.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 3);
        connection.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1);
        connection.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }

    private (ExportRegistration? Export, int Filled) ReadHello(Socket connection, byte[] buffer)
    {
        var began = time.GetTimestamp();
        var filled = 0;
        while (true)
        {
            var left = HelloTimeout - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero) return (null, 0);
            connection.ReceiveTimeout = (int)Math.Ceiling(left.TotalMilliseconds);
            var received = connection.Receive(buffer.AsSpan(filled));
            if (received == 0) return (null, 0);

            filled += received;
            if (!FramedPackets.TryRead(buffer.AsSpan(0, filled), MaxHelloLength, out var hello, out var consumed, out var tooLong))
            {
                if (!tooLong) continue;
                logger.BadHello(connection.RemoteEndPoint);
                return (null, 0);
            }

            var exportId = ExportIdOf(hello);
            if (exportId is null || !sinks.TryGetValue(exportId, out var export))
            {
                if (exportId is null) logger.BadHello(connection.RemoteEndPoint);
                else logger.UnknownExport(exportId, connection.RemoteEndPoint);
                return (null, 0);
            }

            connection.ReceiveTimeout = 0;
            buffer.AsSpan(consumed, filled - consumed).CopyTo(buffer);
            return (export, filled - consumed);
        }
    }

    // Ids are printable ASCII, so that a stranger's bytes cannot forge lines in the log.
    private static string? ExportIdOf(ReadOnlySpan<byte> hello)
    {
        if (hello.Length <= HelloPrefix.Length + 1 || hello[^1] != '\n') return null;
        if (hello.IndexOfAnyExceptInRange((byte)' ', (byte)'~') != hello.Length - 1) return null;

        var line = Encoding.ASCII.GetString(hello[..^1]);
        return line.StartsWith(HelloPrefix, StringComparison.Ordinal) ? line[HelloPrefix.Length..] : null;
    }

    private static int WholeFrames(ReadOnlySpan<byte> bytes, out bool tooLong)
    {
        var whole = 0;
        while (FramedPackets.TryRead(bytes[whole..], JitterBuffer.MaxPacketLength, out _, out var consumed, out tooLong)) whole += consumed;
        return whole;
    }
}
