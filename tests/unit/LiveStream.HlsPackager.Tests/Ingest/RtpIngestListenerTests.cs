using System.Net.Sockets;
using LiveStream.HlsPackager.Ingest;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStream.HlsPackager.Tests.Ingest;

public sealed class RtpIngestListenerTests
{
    [Fact]
    public async Task Accept_TakesAConnectionForEachStream_AndNotAnyNumber()
    {
        await using var one = new RtpIngestListener(new IngestOptions(), NullLogger<RtpIngestListener>.Instance, maxStreams: 1);
        await using var two = new RtpIngestListener(new IngestOptions(), NullLogger<RtpIngestListener>.Instance, maxStreams: 2);
        Assert.False(await ConnectsAsync(one, 66));
        Assert.True(await ConnectsAsync(two, 66));
    }

    // Whether so many connections are open at once: one that is too many is closed, the others wait for a hello.
    private static async Task<bool> ConnectsAsync(RtpIngestListener to, int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var clients = Enumerable.Range(0, count).Select(_ => new TcpClient()).ToList();
        try
        {
            foreach (var client in clients) await client.ConnectAsync(to.EndPoint, limit.Token);
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
            pause.CancelAfter(TimeSpan.FromSeconds(1));
            return await clients[^1].GetStream().ReadAsync(new byte[1], pause.Token) != 0;
        }
        catch (OperationCanceledException) when (!limit.IsCancellationRequested)
        {
            return true;
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
    }
}
