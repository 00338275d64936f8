using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Srtp;

namespace LiveStream.Sfu.Tests.Dtls;

public sealed class DtlsWorkerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Attach_ManyPairsOfClientAndServer_AllConnectWithEqualKeys(int threads)
    {
        const int Pairs = 40;
        using var bench = new Bench(new DtlsWorkerOptions { Threads = threads });
        for (ulong i = 0; i < Pairs; i++) bench.AttachPair(i);
        for (ulong i = 0; i < Pairs; i++)
        {
            var server = await bench.Server.Connected(i);
            var client = await bench.Client.Connected(i);
            Assert.Equal(server.ClientKey, client.ClientKey);
            Assert.Equal(server.ServerKey, client.ServerKey);
        }

        Assert.Equal(Pairs, bench.Server.Worker.Count);
    }

    [Fact]
    public async Task Attach_FirstDatagramsLost_ConnectsByItsTimers()
    {
        var settings = new DtlsWorkerOptions { Settings = DtlsPair.ShortTimers };
        using var bench = new Bench(settings);
        bench.LoseFirst = 3;
        bench.AttachPair(1);
        await bench.Server.Connected(1);
        await bench.Client.Connected(1);
    }

    [Fact]
    public async Task Detach_Connected_TellsThePeerAndNotTheListener()
    {
        using var bench = new Bench();
        bench.AttachPair(1);
        await bench.Server.Connected(1);
        await bench.Client.Connected(1);
        bench.Server.Worker.Detach(1);
        Assert.Equal("closed by the peer", await bench.Client.Closed(1));
        Assert.Equal(0, bench.Server.Worker.Count);
        Assert.False(bench.Server.HasClosed(1));
    }

    [Fact]
    public async Task Attach_KeyUsedAgainAfterDetach_IsANewAssociation()
    {
        using var bench = new Bench();
        bench.AttachPair(1);
        var first = await bench.Server.Connected(1);
        await bench.Client.Connected(1);
        bench.Client.Worker.Detach(1);
        await bench.Server.Closed(1);
        bench.Server.Forget(1);
        bench.Client.Forget(1);
        bench.AttachPair(1);
        var second = await bench.Server.Connected(1);
        Assert.NotEqual(first.ClientKey, second.ClientKey);
    }

    [Fact]
    public void Attach_KeyInUse_Throws()
    {
        using var bench = new Bench();
        bench.Server.Worker.Attach(1, DtlsRole.Server, DtlsPair.Sha256Of(DtlsPair.ClientIdentity));
        Assert.Throws<ArgumentException>(
            () => bench.Server.Worker.Attach(1, DtlsRole.Server, DtlsPair.Sha256Of(DtlsPair.ClientIdentity)));
    }

    [Fact]
    public async Task Attach_WrongFingerprint_ReportsTheReason()
    {
        using var bench = new Bench();
        bench.Server.Worker.Attach(1, DtlsRole.Server, new DtlsFingerprint(HashAlgorithmName.SHA256, new byte[32]));
        bench.Client.Worker.Attach(1, DtlsRole.Client, DtlsPair.Sha256Of(DtlsPair.ServerIdentity));
        Assert.Contains("fingerprint", await bench.Server.Closed(1), StringComparison.Ordinal);
        Assert.NotEmpty(await bench.Client.Closed(1));
    }

    [Fact]
    public async Task Attach_PeerNeverComes_EndsAtTheHandshakeTimeout()
    {
        using var bench = new Bench(new DtlsWorkerOptions { HandshakeTimeout = TimeSpan.FromMilliseconds(50) });
        bench.Server.Worker.Attach(1, DtlsRole.Server, DtlsPair.Sha256Of(DtlsPair.ClientIdentity));
        Assert.Equal("no handshake in time", await bench.Server.Closed(1));
        Assert.Equal(0, bench.Server.Worker.Count);
    }

    [Fact]
    public void Enqueue_UnknownKeyOrOversized_DropsAndCounts()
    {
        using var bench = new Bench();
        bench.Server.Worker.Attach(1, DtlsRole.Server, DtlsPair.Sha256Of(DtlsPair.ClientIdentity));
        bench.Server.Worker.Enqueue(2, [22, 1, 2, 3]);
        bench.Server.Worker.Enqueue(1, []);
        bench.Server.Worker.Enqueue(1, new byte[DtlsWorker.MaximumDatagram + 1]);
        Assert.Equal(3, bench.Server.Worker.DroppedDatagrams);
    }

    [Fact]
    public async Task Enqueue_ThreadBusyAndQueueFull_DropsBeyondTheBounds()
    {
        using var entered = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        var listener = new BlockingListener(entered, release);
        var options = new DtlsWorkerOptions { QueuePerEndpoint = 4, QueueInTotal = 6 };
        using var worker = new DtlsWorker(DtlsPair.ClientIdentity, listener, options);
        worker.Attach(1, DtlsRole.Client, DtlsPair.Sha256Of(DtlsPair.ServerIdentity));
        worker.Attach(2, DtlsRole.Server, DtlsPair.Sha256Of(DtlsPair.ServerIdentity));
        Assert.True(await entered.WaitAsync(Patience));
        // The thread now stands in the output of the first ClientHello.
        for (var i = 0; i < 10; i++) worker.Enqueue(1, [22, 1, 2, 3]);
        Assert.Equal(6, worker.DroppedDatagrams);
        for (var i = 0; i < 10; i++) worker.Enqueue(2, [22, 1, 2, 3]);
        Assert.Equal(14, worker.DroppedDatagrams);
        release.Set();
    }

    [Fact]
    public async Task Enqueue_FloodOfGarbageToOneAssociation_OthersStillConnect()
    {
        using var bench = new Bench();
        bench.Server.Worker.Attach(99, DtlsRole.Server, DtlsPair.Sha256Of(DtlsPair.ClientIdentity));
        var random = new Random(91);
        var garbage = new byte[1200];
        random.NextBytes(garbage);
        garbage[0] = 22;
        for (ulong i = 0; i < 10; i++)
        {
            bench.AttachPair(i);
            for (var k = 0; k < 500; k++) bench.Server.Worker.Enqueue(99, garbage);
        }

        for (ulong i = 0; i < 10; i++) await bench.Client.Connected(i);
        Assert.False(bench.Server.HasClosed(99));
    }

    [Fact]
    public async Task Dispose_WithAssociations_SaysGoodbyeAndIsFinal()
    {
        using var bench = new Bench();
        bench.AttachPair(1);
        await bench.Server.Connected(1);
        await bench.Client.Connected(1);
        bench.Server.Worker.Dispose();
        Assert.Equal("closed by the peer", await bench.Client.Closed(1));
        bench.Server.Worker.Enqueue(1, [22]);
        bench.Server.Worker.Detach(1);
        Assert.Throws<ObjectDisposedException>(
            () => bench.Server.Worker.Attach(2, DtlsRole.Server, DtlsPair.Sha256Of(DtlsPair.ClientIdentity)));
    }

    [Fact]
    public async Task OpenChannel_BeforeTheHandshake_CarriesTextsOnceConnected()
    {
        const int Texts = 200;
        using var bench = new Bench();
        bench.AttachPair(1);
        bench.Server.Worker.OpenChannel(1, "chat");
        bench.Server.Worker.OpenChannel(2, "to nobody");
        await bench.Client.Opened(1);
        await bench.Server.Opened(1);
        var last = new string('x', 60_000);
        for (var i = 0; i < Texts; i++) bench.Client.Worker.SendText(1, "chat", Encoding.UTF8.GetBytes("text " + i));
        bench.Server.Worker.SendText(1, "chat", Encoding.UTF8.GetBytes(last));
        Assert.Equal(last, await bench.Client.Text(1));
        for (var i = 0; i < Texts; i++) Assert.Equal("text " + i, await bench.Server.Text(1));
        Assert.Equal(0, bench.Server.Worker.DroppedTexts + bench.Client.Worker.DroppedTexts);
    }

    [Fact]
    public async Task OpenChannel_DatagramsLost_ComesByItsTimers()
    {
        using var bench = new Bench();
        bench.AttachPair(1);
        await bench.Server.Connected(1);
        await bench.Client.Connected(1);
        bench.LoseNext(2);
        bench.Server.Worker.OpenChannel(1, "chat");
        await bench.Client.Opened(1);
    }

    [Fact]
    public async Task SendText_NoSuchChannelOrQueueFull_DropsAndCounts()
    {
        using var bench = new Bench();
        bench.AttachPair(1);
        await bench.Server.Connected(1);
        bench.Server.Worker.SendText(7, "chat", [1]);
        Assert.Equal(1, bench.Server.Worker.DroppedTexts);
        bench.Server.Worker.SendText(1, "chat", new byte[(256 << 10) + 1]);
        Assert.Equal(2, bench.Server.Worker.DroppedTexts);
        bench.Server.Worker.SendText(1, "chat", [1]);
        bench.Server.Worker.OpenChannel(1, "chat");
        await bench.Client.Opened(1);
        Assert.Equal(3, bench.Server.Worker.DroppedTexts);
    }

    /// <summary>A worker of servers and one of clients; what one puts out under a key, the other takes in under it.</summary>
    private sealed class Bench : IDisposable
    {
        private int _sent;

        public Bench(DtlsWorkerOptions? options = null)
        {
            Server = new Side();
            Client = new Side();
            Server.Worker = new DtlsWorker(DtlsPair.ServerIdentity, Server, options);
            Client.Worker = new DtlsWorker(DtlsPair.ClientIdentity, Client, options);
            Server.Output = (key, datagram) => Carry(Client, key, datagram);
            Client.Output = (key, datagram) => Carry(Server, key, datagram);
        }

        public Side Server { get; }

        public Side Client { get; }

        public int LoseFirst { get; set; }

        public void LoseNext(int count) => LoseFirst = Volatile.Read(ref _sent) + count;

        public void AttachPair(ulong key)
        {
            Server.Worker.Attach(key, DtlsRole.Server, DtlsPair.Sha256Of(DtlsPair.ClientIdentity));
            Client.Worker.Attach(key, DtlsRole.Client, DtlsPair.Sha256Of(DtlsPair.ServerIdentity));
        }

        public void Dispose()
        {
            Client.Worker.Dispose();
            Server.Worker.Dispose();
        }

        private void Carry(Side to, ulong key, byte[] datagram)
        {
            if (Interlocked.Increment(ref _sent) > LoseFirst) to.Worker.Enqueue(key, datagram);
        }
    }

    private sealed class Side : IDtlsListener
    {
        private readonly ConcurrentDictionary<ulong, TaskCompletionSource<SrtpKeyingMaterial>> _connected = new();
        private readonly ConcurrentDictionary<ulong, TaskCompletionSource<string>> _closed = new();

        private readonly ConcurrentDictionary<ulong, TaskCompletionSource<string>> _opened = new();
        private readonly Channel<(ulong Key, string Text)> _texts = Channel.CreateUnbounded<(ulong, string)>();

        public DtlsWorker Worker { get; set; } = null!;

        public Action<ulong, byte[]> Output { get; set; } = null!;

        public Task<SrtpKeyingMaterial> Connected(ulong key) => Of(_connected, key).Task.WaitAsync(Patience);

        public Task<string> Closed(ulong key) => Of(_closed, key).Task.WaitAsync(Patience);

        public Task<string> Opened(ulong key) => Of(_opened, key).Task.WaitAsync(Patience);

        public async Task<string> Text(ulong key)
        {
            var (of, text) = await _texts.Reader.ReadAsync().AsTask().WaitAsync(Patience);
            Assert.Equal(key, of);
            return text;
        }

        public bool HasClosed(ulong key) => Of(_closed, key).Task.IsCompleted;

        public void Forget(ulong key)
        {
            _connected.TryRemove(key, out _);
            _closed.TryRemove(key, out _);
        }

        public void OnDtlsOutput(ulong key, ReadOnlySpan<byte> datagram) => Output(key, datagram.ToArray());

        public void OnDtlsConnected(ulong key, SrtpKeyingMaterial keys) => Of(_connected, key).TrySetResult(keys);

        public void OnDtlsClosed(ulong key, string reason) => Of(_closed, key).TrySetResult(reason);

        public void OnDataChannelOpened(ulong key, string label) => Of(_opened, key).TrySetResult(label);

        public void OnDataChannelText(ulong key, string label, ReadOnlySpan<byte> text) => _texts.Writer.TryWrite((key, Encoding.UTF8.GetString(text)));

        private static TaskCompletionSource<T> Of<T>(ConcurrentDictionary<ulong, TaskCompletionSource<T>> all, ulong key) =>
            all.GetOrAdd(key, _ => new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    private sealed class BlockingListener(SemaphoreSlim entered, ManualResetEventSlim release) : IDtlsListener
    {
        public void OnDtlsOutput(ulong key, ReadOnlySpan<byte> datagram)
        {
            entered.Release();
            release.Wait(Patience);
        }

        public void OnDtlsConnected(ulong key, SrtpKeyingMaterial keys)
        {
        }

        public void OnDtlsClosed(ulong key, string reason)
        {
        }
    }
}
