using System.Collections.Concurrent;
using LiveStream.Testing;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// A product that scenarios share, one of each form; the six services have their recordings in a bucket of a real S3 server.
/// It is started by the first that wants it and ended with the run: cold processes take longer to warm up than many scenarios
/// take. Each scenario has a template and a room of its own in it.
/// </summary>
internal sealed class SharedProduct
{
    private static readonly Lazy<Task<SharedProduct>> s_one = new(StartOneAsync), s_six = new(StartSixAsync);

    private readonly SixServices? _six;
    private readonly Bucket? _bucket;

    private SharedProduct(Uri address, int mediaPort, IReadOnlyList<ProductProgram> programs, string folder, ConcurrentQueue<string> log, SixServices? six = null, Bucket? bucket = null)
    {
        (Address, MediaPort, Programs, Folder, Log) = (address, mediaPort, programs, folder, log);
        (_six, _bucket) = (six, bucket);
    }

    public Uri Address { get; }

    public int MediaPort { get; }

    public IReadOnlyList<ProductProgram> Programs { get; }

    public string Folder { get; }

    /// <summary>Of all scenarios.</summary>
    public ConcurrentQueue<string> Log { get; }

    public static Task<SharedProduct> GetAsync(Form form) => (form == Form.SixServices ? s_six : s_one).Value;

    /// <summary>Ends those that any scenario had started, within the promised time.</summary>
    public static async Task EndAsync()
    {
        foreach (var form in new[] { s_one, s_six })
        {
            if (form.IsValueCreated) await (await form.Value).StopAsync();
        }
    }

    private static async Task<SharedProduct> StartOneAsync()
    {
        var (folder, log) = (NewFolder(), new ConcurrentQueue<string>());
        var (port, mediaPort) = (FreePort.Take(), FreePort.Take());
        var program = ProductProgram.AllInOne(port, mediaPort, folder, [], log);
        await StartAsync([program], log);
        return new SharedProduct(program.Address, mediaPort, [program], folder, log);
    }

    private static async Task<SharedProduct> StartSixAsync()
    {
        var (folder, log) = (NewFolder(), new ConcurrentQueue<string>());
        var bucket = await Bucket.StartAsync("shared");
        var six = await SixServices.PrepareAsync(folder, Form.SixServices, bucket.Settings, log);
        try
        {
            await StartAsync(six.Programs, log);
        }
        catch
        {
            await six.DisposeAsync();
            await bucket.DisposeAsync();
            throw;
        }

        return new SharedProduct(six.Address, six.MediaPort, six.Programs, folder, log, six, bucket);
    }

    private static async Task StartAsync(IReadOnlyList<ProductProgram> programs, ConcurrentQueue<string> log)
    {
        try
        {
            await Product.StartAsync(programs);
        }
        catch (Exception e)
        {
            foreach (var program in programs.Where(program => program.Started)) await program.KillAsync();
            throw new InvalidOperationException($"the product did not start:\n{string.Join('\n', log)}", e);
        }
    }

    private static string NewFolder() => Directory.CreateTempSubdirectory("livestream-e2e-").FullName;

    private async Task StopAsync()
    {
        var took = (await Task.WhenAll(Programs.Select(program => program.StopAsync()))).Max();
        if (_six is not null) await _six.DisposeAsync();
        if (_bucket is not null) await _bucket.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        Assert.True(took <= Limits.Shutdown, $"SIGTERM took {took}");
    }
}
