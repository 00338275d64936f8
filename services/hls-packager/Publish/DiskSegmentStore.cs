using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Publish;

/// <summary>
/// Keeps a run's segments in files below one folder, written behind the caller's back; an object can be read once its file is
/// whole. When the disk is slower than the streams for long, new objects are dropped and logged: live viewers are served from memory.
/// </summary>
internal sealed class DiskSegmentStore : ISegmentStore, IAsyncDisposable
{
    private readonly string root;
    private readonly ILogger<DiskSegmentStore> logger;
    private readonly ConcurrentDictionary<(string Run, string Name), FileObject> files = new();
    // Full: the newest is refused, see Put.
    private readonly Channel<Job> jobs = Channel.CreateBounded<Job>(new BoundedChannelOptions(512) { SingleReader = true });
    private readonly Task writing;

    /// <param name="folder">Of the packager; a folder of its own in it is emptied: what an earlier process left there nobody finds any more.</param>
    /// <param name="logger">Told of what the disk does not do.</param>
    public DiskSegmentStore(string folder, ILogger<DiskSegmentStore> logger)
    {
        root = Path.Combine(Path.GetFullPath(folder), "segments");
        this.logger = logger;
        Delete(() => Directory.Delete(root, recursive: true), root);
        writing = Task.Run(WriteAllAsync);
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
        await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
        {
            foreach (var chunk in job.Value.Chunks) await file.WriteAsync(chunk).ConfigureAwait(false);
        }

        File.Move(unfinished, path, overwrite: true);
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
