using System.Text;
using System.Threading.Channels;

using LiveStream.Contracts.Events.V1;
using LiveStream.Hosting.Bus;

namespace LiveStream.Rooms.Tests.Crash;

/// <summary>
/// A durable consumer that knows each message by its id: a file of lines <c>message-id room-id</c>, written before the event
/// counts as handled. What the operating system took outlives the process.
/// </summary>
internal sealed class Inbox : IEventHandler<RoomCreated>, IDisposable
{
    private readonly FileStream _file;
    private readonly HashSet<Guid> _seen = [];
    private readonly Channel<int> _progress = Channel.CreateUnbounded<int>();

    public Inbox(string path)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        var text = new byte[_file.Length];
        _file.ReadExactly(text);
        var complete = Array.LastIndexOf(text, (byte)'\n') + 1;
        // A line that was cut off was not handled: its event comes again.
        _file.SetLength(complete);
        _file.Position = complete;
        foreach (var (id, _) in LinesOf(Encoding.ASCII.GetString(text, 0, complete))) _seen.Add(id);
    }

    /// <summary>Events that came and were known.</summary>
    public int Repeated { get; private set; }

    /// <summary>What was handled, in order.</summary>
    public static IReadOnlyList<(Guid MessageId, string RoomId)> Read(string path)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return LinesOf(reader.ReadToEnd());
    }

    public async Task HandleAsync(EventEnvelope<RoomCreated> envelope, CancellationToken cancellationToken)
    {
        if (_seen.Add(envelope.MessageId)) _file.Write(Encoding.ASCII.GetBytes($"{envelope.MessageId} {envelope.Body.RoomId}\n"));
        else Repeated++;
        await _progress.Writer.WriteAsync(_seen.Count, cancellationToken);
    }

    /// <summary>Waits until that many different events were handled.</summary>
    public async Task WaitForAsync(int count)
    {
        if (_seen.Count >= count) return;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await _progress.Reader.ReadAsync(limit.Token) < count)
        {
        }
    }

    public void Dispose() => _file.Dispose();

    private static List<(Guid MessageId, string RoomId)> LinesOf(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).Select(words => (Guid.Parse(words[0]), words[1]))];
}
