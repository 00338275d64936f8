using System.Collections.Concurrent;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// The six services that scenarios share, with their recordings in a bucket of a real S3 server: started by the first that
/// wants them and ended with the run. Six cold processes take longer to warm up than most scenarios take. Each scenario has a
/// template and a room of its own in them.
/// </summary>
internal sealed class SharedSix
{
    private static readonly Lazy<Task<SharedSix>> s_one = new(StartAsync);

    private readonly SixServices _six;
    private readonly Bucket _bucket;

    private SharedSix(SixServices six, Bucket bucket, string folder, ConcurrentQueue<string> log) =>
        (_six, _bucket, Folder, Log) = (six, bucket, folder, log);

    public Uri Address => _six.Address;

    public int MediaPort => _six.MediaPort;

    public IReadOnlyList<ProductProgram> Programs => _six.Programs;

    public string Folder { get; }

    /// <summary>Of all scenarios.</summary>
    public ConcurrentQueue<string> Log { get; }

    public static Task<SharedSix> GetAsync() => s_one.Value;

    /// <summary>Ends them, if any scenario had them started, within the promised time.</summary>
    public static async Task EndAsync()
    {
        if (!s_one.IsValueCreated) return;
        var shared = await s_one.Value;
        var took = (await Task.WhenAll(shared.Programs.Select(program => program.StopAsync()))).Max();
        await shared._six.DisposeAsync();
        await shared._bucket.DisposeAsync();
        Directory.Delete(shared.Folder, recursive: true);
        Assert.True(took <= Limits.Shutdown, $"SIGTERM took {took}");
    }

    private static async Task<SharedSix> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("livestream-e2e-").FullName;
        var log = new ConcurrentQueue<string>();
        var bucket = await Bucket.StartAsync("shared");
        var six = await SixServices.PrepareAsync(folder, Form.SixServices, bucket.Settings, log);
        try
        {
            await Product.StartAsync(six.Programs);
        }
        catch (Exception e)
        {
            foreach (var program in six.Programs.Where(program => program.Started)) await program.KillAsync();
            await six.DisposeAsync();
            await bucket.DisposeAsync();
            throw new InvalidOperationException($"the six services did not start:\n{string.Join('\n', log)}", e);
        }

        return new SharedSix(six, bucket, folder, log);
    }
}
