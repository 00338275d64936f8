using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LiveStream.Benchmarks.Rooms;

/// <summary>
/// One WebSocket of the client protocol (RFC 6455), so thin that thousands cost little: of each frame only the beginning is
/// kept, which names what it is. Driven by one <see cref="SocketCrowd"/>.
/// </summary>
internal sealed class SocketClient : IDisposable
{
    private const int KeptBytes = 192, MaximumText = 16 << 10;
    private const byte TextFrame = 0x81, CloseFrame = 8, Masked = 0x80;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _header = new byte[10];
    private readonly byte[] _kept = new byte[KeptBytes];
    private int _headerLength;
    private int _keptLength;
    private long _left;
    private int _matched;
    private bool _isOpen;

    /// <summary>Opens the connection and asks for the upgrade.</summary>
    public SocketClient(IPEndPoint server, string path, Action<SocketClient, ReadOnlySpan<byte>> onText)
    {
        OnText = onText;
        _socket.Connect(server);
        _socket.Send(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
        _socket.Blocking = false;
    }

    /// <summary>File descriptor.</summary>
    public int Fd => (int)_socket.Handle;

    /// <summary>The server closed it, or it broke.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whoever drives the client may keep its number here.</summary>
    public int Index { get; set; }

    /// <summary>When it next has to ping.</summary>
    public TimeSpan PingAt { get; set; }

    /// <summary>Takes the beginning of each text.</summary>
    public Action<SocketClient, ReadOnlySpan<byte>> OnText { get; }

    /// <summary>Sends a text of at most 16 KB.</summary>
    public void Send(ReadOnlySpan<byte> text)
    {
        Span<byte> frame = stackalloc byte[8 + MaximumText];
        frame[0] = TextFrame;
        var length = 2;
        if (text.Length < 126)
        {
            frame[1] = (byte)(Masked | text.Length);
        }
        else
        {
            frame[1] = Masked | 126;
            BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)text.Length);
            length = 4;
        }

        // A mask of zeros: what it is for does not matter here.
        frame.Slice(length, 4).Clear();
        length += 4;
        text.CopyTo(frame[length..]);
        try
        {
            _socket.Send(frame[..(length + text.Length)]);
        }
        catch (SocketException)
        {
            IsClosed = true;
        }
    }

    /// <summary>Reads what is there, at most once around the buffer.</summary>
    public void Receive(byte[] buffer)
    {
        int count;
        try
        {
            count = _socket.Receive(buffer, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return;
            if (error != SocketError.Success) count = 0;
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        if (count == 0) IsClosed = true;
        var bytes = buffer.AsSpan(0, count);
        if (!_isOpen) bytes = SkipResponse(bytes);
        while (!bytes.IsEmpty && !IsClosed) bytes = Take(bytes);
    }

    public void Dispose() => _socket.Dispose();

    // The body of a refusal is nobody's: what is no 101 counts as closed.
    private Span<byte> SkipResponse(Span<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (_keptLength < KeptBytes) _kept[_keptLength++] = bytes[i];
            _matched = bytes[i] == "\r\n\r\n"u8[_matched] ? _matched + 1 : bytes[i] == '\r' ? 1 : 0;
            if (_matched < 4) continue;
            _isOpen = _kept.AsSpan(0, _keptLength).StartsWith("HTTP/1.1 101"u8);
            IsClosed = !_isOpen;
            _keptLength = 0;
            return bytes[(i + 1)..];
        }

        return [];
    }

    private Span<byte> Take(Span<byte> bytes)
    {
        if (_left == 0 && !TryReadHeader(ref bytes)) return bytes;
        var count = (int)Math.Min(_left, bytes.Length);
        var kept = Math.Min(count, KeptBytes - _keptLength);
        bytes[..kept].CopyTo(_kept.AsSpan(_keptLength));
        _keptLength += kept;
        _left -= count;
        if (_left == 0) EndFrame();
        return bytes[count..];
    }

    private bool TryReadHeader(ref Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            _header[_headerLength++] = bytes[0];
            bytes = bytes[1..];
            if (_headerLength < 2) continue;
            var needed = _header[1] switch { 126 => 4, 127 => 10, _ => 2 };
            if (_headerLength < needed) continue;
            _left = needed switch
            {
                4 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
                10 => BinaryPrimitives.ReadInt64BigEndian(_header.AsSpan(2)),
                _ => _header[1],
            };
            if (_left > 0) return true;
            EndFrame();
            return false;
        }

        return false;
    }

    private void EndFrame()
    {
        var opcode = _header[0] & 15;
        if (opcode == CloseFrame) IsClosed = true;
        else if (opcode == (TextFrame & 15)) OnText(this, _kept.AsSpan(0, _keptLength));
        (_headerLength, _keptLength) = (0, 0);
    }
}
