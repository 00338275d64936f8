using System.Text;

using LiveStream.Signalling.Room;

namespace LiveStream.Signalling.Tests.Room;

/// <summary>What lies between a WebSocket and its connection, with a connection that takes bytes when the test lets it.</summary>
public sealed class FrameStreamTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly RoomOptions _options = new() { MaxQueuedMessages = 16, MaxQueuedBytes = 1_000_000 };
    private readonly GatedConnection _connection = new();
    private readonly FrameStream _stream;

    public FrameStreamTests() => _stream = new FrameStream(_connection, _options, TimeProvider.System);

    [Fact]
    public async Task Frames_GoOutInOrder_AndThoseThatWaitTogether()
    {
        Assert.Equal(Queued.Idle, _stream.Add(Bytes("a")));
        var sending = _stream.SendAsync().AsTask();
        Assert.Equal(Queued.Waiting, _stream.Add(Bytes("b")));
        // What the WebSocket writes itself takes its place, and its buffer is its own again.
        var pong = Encoding.ASCII.GetBytes("p");
        await _stream.WriteAsync(pong);
        pong[0] = (byte)'x';
        Assert.Equal(Queued.Waiting, _stream.Add(Bytes("c")));
        Assert.Equal(3, _stream.WaitingBytes);
        _connection.Release(2);
        await sending.WaitAsync(s_patience);
        Assert.Equal(["a", "bpc"], _connection.Writes);
        Assert.Equal(0, _stream.WaitingBytes);
        Assert.Equal(Queued.Idle, _stream.Add(Bytes("d")));
    }

    [Fact]
    public async Task LargeFrames_AreNotCopiedTogether()
    {
        var large = new byte[100_000];
        Assert.Equal(Queued.Idle, _stream.Add(large));
        Assert.Equal(Queued.Waiting, _stream.Add(Bytes("a")));
        Assert.Equal(Queued.Waiting, _stream.Add(Bytes("b")));
        _connection.Release(2);
        await _stream.SendAsync().AsTask().WaitAsync(s_patience);
        Assert.Equal([100_000, 2], _connection.Writes.Select(write => write.Length));
    }

    [Fact]
    public async Task Queue_IsBounded_InFramesAndInBytes()
    {
        Assert.Equal(Queued.Idle, _stream.Add(Bytes("a")));
        var sending = _stream.SendAsync().AsTask();
        for (var i = 0; i < _options.MaxQueuedMessages; i++) Assert.Equal(Queued.Waiting, _stream.Add(Bytes("b")));
        Assert.Equal(Queued.Full, _stream.Add(Bytes("c")));
        await Assert.ThrowsAsync<IOException>(() => _stream.WriteAsync(Bytes("pong")).AsTask());
        _connection.Release(100);
        await sending.WaitAsync(s_patience);

        // The one that exceeds the bound still waits; a list of people may be larger than the bound by itself.
        Assert.Equal(Queued.Idle, _stream.Add(new byte[1_000_000]));
        Assert.Equal(Queued.Waiting, _stream.Add(new byte[2_000_000]));
        Assert.Equal(Queued.Full, _stream.Add(Bytes("a")));
    }

    [Fact]
    public async Task ClientThatTakesNothing_IsGivenUpAtTheLimit()
    {
        _options.SendTimeout = TimeSpan.FromMilliseconds(100);
        Assert.Equal(Queued.Idle, _stream.Add(Bytes("a")));
        var sending = _stream.SendAsync().AsTask();
        var complete = _stream.CompleteAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(s_patience));
        await complete.WaitAsync(s_patience);
        Assert.Equal(Queued.Closed, _stream.Add(Bytes("b")));
    }

    [Fact]
    public async Task Completion_WaitsForWhatIsQueued_AndTakesNoMore()
    {
        Assert.Equal(Queued.Idle, _stream.Add(Bytes("a")));
        var complete = _stream.CompleteAsync();
        Assert.Equal(Queued.Closed, _stream.Add(Bytes("b")));
        Assert.False(complete.IsCompleted);
        _connection.Release(1);
        await _stream.SendAsync().AsTask().WaitAsync(s_patience);
        await complete.WaitAsync(s_patience);
        Assert.Equal(["a"], _connection.Writes);
    }

    [Fact]
    public async Task Goodbye_IsSent_ThoughTheWebSocketDisposesWhileItWaits()
    {
        Assert.Equal(Queued.Idle, _stream.Add(Bytes("a")));
        var sending = _stream.SendAsync().AsTask();
        await _stream.WriteAsync(Bytes("goodbye"));
        await _stream.DisposeAsync();
        Assert.Equal(Queued.Closed, _stream.Add(Bytes("b")));
        _connection.Release(2);
        await sending.WaitAsync(s_patience);
        Assert.Equal(["a", "goodbye"], _connection.Writes);
    }

    [Fact]
    public async Task Abort_EndsWhatIsUnderWay()
    {
        Assert.Equal(Queued.Idle, _stream.Add(Bytes("a")));
        var sending = _stream.SendAsync().AsTask();
        _stream.Abort();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(s_patience));
        Assert.True(_stream.CompleteAsync().IsCompletedSuccessfully);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _connection.Dispose();
    }

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    // Each write waits for its turn.
    private sealed class GatedConnection : MemoryStream
    {
        private readonly SemaphoreSlim _turns = new(0);

        public List<string> Writes { get; } = [];

        public void Release(int writes) => _turns.Release(writes);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes.Add(Encoding.ASCII.GetString(buffer.Span));
            await _turns.WaitAsync(cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _turns.Dispose();
            base.Dispose(disposing);
        }
    }
}
