using System.Buffers;
using System.Security.Cryptography;

namespace LiveStream.Sfu.Dtls;

/// <summary>
/// One thread of a <see cref="DtlsWorker"/>. Callers put work into a queue under a lock held for a few instructions; the
/// thread takes it out, and alone touches the endpoints. It sleeps until work comes or a timer is due.
/// </summary>
internal sealed class DtlsLoop : IDisposable
{
    private const int TextCost = 128;

    private enum WorkKind : byte
    {
        Attach,
        Datagram,
        OpenChannel,
        Text,
        Detach,
    }

    private readonly record struct Work(WorkKind Kind, DtlsAssociation Association, byte[]? Buffer = null, int Length = 0, string Label = "");

    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly DtlsIdentity _identity;
    private readonly IDtlsListener _listener;
    private readonly DtlsWorkerOptions _options;
    private readonly Thread _thread;

    // Under the gate.
    private readonly Dictionary<ulong, DtlsAssociation> _byKey = [];
    private readonly Queue<Work> _queue = [];
    private int _waitingDatagrams;
    private long _dropped;
    private long _droppedTexts;
    private bool _stopping;

    // The thread's own: only associations in their handshake have timers of DTLS.
    private readonly List<DtlsAssociation> _handshaking = [];
    private readonly ChannelTimers _channelTimers = new();

    public DtlsLoop(DtlsIdentity identity, IDtlsListener listener, DtlsWorkerOptions options, int number)
    {
        _identity = identity;
        _listener = listener;
        _options = options;
        _thread = new Thread(Run) { IsBackground = true, Name = $"dtls-{number}" };
        _thread.Start();
    }

    public long Dropped
    {
        get
        {
            lock (_gate) return _dropped;
        }
    }

    public long DroppedTexts
    {
        get
        {
            lock (_gate) return _droppedTexts;
        }
    }

    public int Count
    {
        get
        {
            lock (_gate) return _byKey.Count;
        }
    }

    public void Attach(ulong key, DtlsRole role, DtlsFingerprint expected)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            var association = new DtlsAssociation(key, role, expected, _listener);
            if (!_byKey.TryAdd(key, association)) throw new ArgumentException($"Key {key} is attached already.", nameof(key));
            Add(new Work(WorkKind.Attach, association));
        }
    }

    public void Enqueue(ulong key, ReadOnlySpan<byte> datagram)
    {
        lock (_gate)
        {
            if (_stopping
                || datagram.IsEmpty
                || datagram.Length > DtlsWorker.MaximumDatagram
                || _waitingDatagrams >= _options.QueueInTotal
                || !_byKey.TryGetValue(key, out var association)
                || association.Waiting >= _options.QueuePerEndpoint)
            {
                _dropped++;
                return;
            }

            var buffer = ArrayPool<byte>.Shared.Rent(datagram.Length);
            datagram.CopyTo(buffer);
            association.Waiting++;
            _waitingDatagrams++;
            Add(new Work(WorkKind.Datagram, association, buffer, datagram.Length));
        }
    }

    public void OpenChannel(ulong key, string label)
    {
        lock (_gate)
        {
            if (_byKey.TryGetValue(key, out var association)) Add(new Work(WorkKind.OpenChannel, association, Label: label));
        }
    }

    public void SendText(ulong key, string label, ReadOnlySpan<byte> text)
    {
        lock (_gate)
        {
            // An empty one counts as well, so that their number is bounded.
            var cost = text.Length + TextCost;
            if (!_byKey.TryGetValue(key, out var association) || association.WaitingText + cost > _options.TextPerEndpoint)
            {
                _droppedTexts++;
                return;
            }

            var buffer = ArrayPool<byte>.Shared.Rent(text.Length);
            text.CopyTo(buffer);
            association.WaitingText += cost;
            Add(new Work(WorkKind.Text, association, buffer, text.Length, label));
        }
    }

    public void Detach(ulong key)
    {
        lock (_gate)
        {
            if (!_byKey.Remove(key, out var association)) return;
            Add(new Work(WorkKind.Detach, association));
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            if (_stopping) return;
            _stopping = true;
            foreach (var association in _byKey.Values) Add(new Work(WorkKind.Detach, association));
            _byKey.Clear();
            _wake.Set();
        }
    }

    /// <summary>Works off what is queued and ends the thread.</summary>
    public void Dispose()
    {
        Stop();
        _thread.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            // A flood of datagrams must not keep the timers from their turn, so a batch is what waits at its start.
            for (var left = Waiting(out _); left > 0; left--) Do(Take());
            var wait = HandleTimers();
            if (Waiting(out var stopping) > 0) continue;
            if (stopping) return;
            // Rounded up, as a wake-up a moment too early would find nothing to do and come again at once.
            _wake.WaitOne(wait is { } due ? (int)Math.Min(Math.Ceiling(due.TotalMilliseconds), int.MaxValue) : Timeout.Infinite);
        }
    }

    private int Waiting(out bool stopping)
    {
        lock (_gate)
        {
            stopping = _stopping;
            return _queue.Count;
        }
    }

    private Work Take()
    {
        lock (_gate)
        {
            var work = _queue.Dequeue();
            if (work.Kind == WorkKind.Datagram)
            {
                work.Association.Waiting--;
                _waitingDatagrams--;
            }
            else if (work.Kind == WorkKind.Text)
            {
                work.Association.WaitingText -= work.Length + TextCost;
            }

            return work;
        }
    }

    // Under the gate, so that the event is not signalled after its disposal. The thread looks at the queue before it
    // sleeps, hence only the first piece of work has to wake it.
    private void Add(Work work)
    {
        _queue.Enqueue(work);
        if (_queue.Count == 1) _wake.Set();
    }

    private void Do(Work work)
    {
        var association = work.Association;
        switch (work.Kind)
        {
            case WorkKind.Attach:
                Open(association);
                break;
            case WorkKind.Datagram:
                association.Endpoint?.Receive(work.Buffer.AsSpan(0, work.Length));
                ArrayPool<byte>.Shared.Return(work.Buffer!);
                Settle(association);
                break;
            case WorkKind.OpenChannel:
                association.OpenChannel(work.Label);
                _channelTimers.Watch(association);
                break;
            case WorkKind.Text:
                SendText(association, work);
                break;
            case WorkKind.Detach:
                _handshaking.Remove(association);
                association.Close();
                break;
        }
    }

    private void SendText(DtlsAssociation association, Work work)
    {
        if (!association.SendText(work.Label, work.Buffer.AsSpan(0, work.Length)))
        {
            lock (_gate) _droppedTexts++;
        }

        ArrayPool<byte>.Shared.Return(work.Buffer!);
        _channelTimers.Watch(association);
    }

    private void Open(DtlsAssociation association)
    {
        try
        {
            association.Open(_identity, _options.Settings);
        }
        catch (CryptographicException refused)
        {
            End(association, refused.Message);
            return;
        }

        _handshaking.Add(association);
        Settle(association);
    }

    // Tells the listener what the last step has led to.
    private void Settle(DtlsAssociation association)
    {
        if (association.Endpoint is not { } endpoint || endpoint.State == DtlsState.Handshaking) return;
        if (endpoint.Keys is { } keys && !association.IsConnected)
        {
            _handshaking.Remove(association);
            // A caller that has detached meanwhile does not hear of it.
            if (IsAttached(association)) _listener.OnDtlsConnected(association.Key, keys);
            association.OnConnected();
        }

        _channelTimers.Watch(association);

        if (endpoint.State != DtlsState.Connected) End(association, endpoint.Failure ?? "closed by the peer");
    }

    private void End(DtlsAssociation association, string reason)
    {
        _handshaking.Remove(association);
        association.Close();
        lock (_gate)
        {
            if (!IsAttachedUnderGate(association)) return;
            _byKey.Remove(association.Key);
        }

        _listener.OnDtlsClosed(association.Key, reason);
    }

    private bool IsAttached(DtlsAssociation association)
    {
        lock (_gate) return IsAttachedUnderGate(association);
    }

    private bool IsAttachedUnderGate(DtlsAssociation association) =>
        _byKey.TryGetValue(association.Key, out var current) && ReferenceEquals(current, association);

    private TimeSpan? HandleTimers()
    {
        var (handshakes, channels) = (HandleHandshakes(), _channelTimers.Handle());
        return handshakes is null || channels < handshakes ? channels : handshakes;
    }

    private TimeSpan? HandleHandshakes()
    {
        TimeSpan? next = null;
        for (var i = _handshaking.Count - 1; i >= 0; i--)
        {
            var association = _handshaking[i];
            var endpoint = association.Endpoint!;
            var left = _options.HandshakeTimeout - association.Age;
            if (left <= TimeSpan.Zero)
            {
                End(association, "no handshake in time");
                continue;
            }

            if (endpoint.TimeToNextTimeout() is { } due)
            {
                if (due <= TimeSpan.Zero)
                {
                    endpoint.HandleTimeout();
                    Settle(association);
                    if (endpoint.State != DtlsState.Handshaking) continue;
                    due = endpoint.TimeToNextTimeout() ?? left;
                }

                if (due < left) left = due;
            }

            if (next is null || left < next) next = left;
        }

        return next;
    }
}
