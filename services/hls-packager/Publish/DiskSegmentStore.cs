using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Publish;

/// <summary>
/// Keeps a run's segments in files below one folder, written behind the caller's back; an object can be read once its file is
/// whole. When the disk is full, or slower than the streams for long, new objects are dropped and logged: viewers are served
/// from memory as long as that has them.
/// </summary>
internal sealed class DiskSegmentStore : ISegmentStore, IAsyncDisposable
{
    private readonly string top;
    // This process's own: what others have there is not touched before this one is known to take their place.
    private readonly string root;
    private readonly ILogger<DiskSegmentStore> logger;
    private readonly ConcurrentDictionary<(string Run, string Name), FileObject> files = new();
    // Full: the newest is refused, see Put.
    private readonly Channel<Job> jobs = Channel.CreateBounded<Job>(new BoundedChannelOptions(512) { SingleReader = true });
    private readonly Task writing;

    /// <param name="folder">Of the packager; segments have a folder of their own in it.</param>
    /// <param name="logger">Told of what the disk does not do.</param>
    public DiskSegmentStore(string folder, ILogger<DiskSegmentStore> logger)
    {
        top = Path.Combine(Path.GetFullPath(folder), "segments");
        root = Path.Combine(top, Guid.NewGuid().ToString("n"));
        this.logger = logger;
        writing = Task.Run(WriteAllAsync);
    }

    /// <summary>
    /// Removes what earlier processes left, which nobody finds any more. To be called when the process has its ports: one that is
    /// started by mistake beside another has not, and takes nothing from it.
    /// </summary>
    public void RemoveLeftovers()
    {
        string[] found = [];
        Delete(() => found = Directory.GetDirectories(top), top);
        foreach (var folder in found.Where(folder => folder != root)) Delete(() => Directory.Delete(folder, recursive: true), folder);
    }

    public void Put(string run, string name, MemoryObject value)
    {
        if (!jobs.Writer.TryWrite(new Job(run, name, value))) logger.DiskTooSlow(run, name);
    }

    public MediaObject? Find(string run, string name) => files.GetValueOrDefault((run, name));

    public void Remove(string run, string name)
    {
        if (files.TryRemove((run, name), out _)) Delete(() => File.Delete(PathOf(run, name)), run);
    }

    public void RemoveRun(string run)
    {
        foreach (var key in files.Keys.Where(key => key.Run == run)) files.TryRemove(key, out _);
        Delete(() => Directory.Delete(Path.Combine(root, run), recursive: true), run);
    }

    public async ValueTask DisposeAsync()
    {
        jobs.Writer.TryComplete();
        await writing.ConfigureAwait(false);
    }

    private async Task WriteAllAsync()
    {
        await foreach (var job in jobs.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                await WriteAsync(job).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                logger.DiskWriteFailed(exception, job.Run, job.Name);
            }
        }
    }

    private async Task WriteAsync(Job job)
    {
        var path = PathOf(job.Run, job.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Another name until it is whole.
        var unfinished = path + ".tmp";
        try
        {
            await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
            {
                foreach (var chunk in job.Value.Chunks) await file.WriteAsync(chunk).ConfigureAwait(false);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            // On a full disk it takes the room of the next one.
            Delete(() => File.Delete(unfinished), job.Run);
            throw;
        }

        files[(job.Run, job.Name)] = new FileObject(job.Value.ContentType, job.Value.ETag, path, job.Value.Length);
    }

    private void Delete(Action delete, string run)
    {
        try
        {
            delete();
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing had been written.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.DiskDeleteFailed(exception, run);
        }
    }

    // Run and name come from validated routes and from the packager's own naming, never as text from a request.
    private string PathOf(string run, string name) => Path.Combine(root, run, name);

    private readonly record struct Job(string Run, string Name, MemoryObject Value);
}
